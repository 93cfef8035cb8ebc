package archive

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"gridwarden/geo"
)

// head is the room at the beginning of the data for what a PMTiles archive begins with.
const head = 16384

// flushEvery is after how many tiles what is buffered goes to the files: no more is drawn
// again when the process is killed.
const flushEvery = 32

// spool holds the tiles of an archive on its way: each content once, and which tile has
// which. Nobody else writes to its files as long as it is open.
type spool struct {
	out       string
	data, log *os.File
	dataTo    *bufio.Writer
	logTo     *bufio.Writer
	tiles     int64 // that are not empty
	safe      int64 // of them, in the files
	end       uint64
	entries   []entry
	known     map[digest]place
	dropped   bool // what was found is of another job
}

// entry is a run of tiles, one number after the other, with the same content.
type entry struct {
	first uint64
	place
	run uint32
}

// place is where a content is, after the head of the data.
type place struct {
	offset uint64
	length uint32
}

// digest tells contents apart.
type digest [16]byte

func digestOf(content []byte) digest {
	sum := sha256.Sum256(content)
	return digest(sum[:])
}

// record is a line of the log.
type record struct {
	Tile   uint64
	Offset uint64
	Length uint32
	Digest digest
}

// recordSize is that of a record and of the checksum after it.
const (
	recordSize  = checkedSize + 4
	checkedSize = 8 + 8 + 4 + 16
)

// openSpool opens the files beside out and takes over what they hold, where that is of the
// same job and whole.
func openSpool(out string, identity [32]byte) (*spool, error) {
	s := &spool{out: out, known: map[digest]place{}}
	if err := s.open(identity); err != nil {
		s.close()
		return nil, unwritten(out, err)
	}
	return s, nil
}

func (s *spool) open(identity [32]byte) (err error) {
	if s.log, err = os.OpenFile(s.logPath(), os.O_RDWR|os.O_CREATE, 0o666); err != nil {
		return err
	}
	if err := syscall.Flock(int(s.log.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return geo.Errorf(geo.Unavailable, "%s is being written by another process; wait for it, or name another file", s.out)
	}
	if s.data, err = os.OpenFile(s.dataPath(), os.O_RDWR|os.O_CREATE, 0o666); err != nil {
		return err
	}
	s.dataTo, s.logTo = bufio.NewWriterSize(s.data, 1<<20), bufio.NewWriter(s.log)
	return s.takeOver(identity)
}

func (s *spool) dataPath() string { return s.out + ".part" }
func (s *spool) logPath() string  { return s.out + ".part.log" }

// takeOver reads what is there, up to the first record that does not hold, and leaves the
// files as long as that.
func (s *spool) takeOver(identity [32]byte) error {
	var there [32]byte
	n, err := io.ReadFull(s.log, there[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	s.dropped = n > 0 && there != identity
	if there == identity {
		if _, err := s.data.Seek(head, io.SeekStart); err != nil {
			return err
		}
		log, data := bufio.NewReader(s.log), bufio.NewReaderSize(s.data, 1<<20)
		for r, ok := readRecord(log); ok && s.holds(&r, data); r, ok = readRecord(log) {
			s.add(&r)
		}
	} else if err := rewrite(s.log, identity[:]); err != nil {
		return err
	}
	s.safe = s.tiles
	return errors.Join(cut(s.data, head+int64(s.end)), cut(s.log, int64(len(identity))+s.tiles*recordSize))
}

func rewrite(f *os.File, content []byte) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt(content, 0)
	return err
}

// cut makes a file so long and goes to its end.
func cut(f *os.File, length int64) error {
	if err := f.Truncate(length); err != nil {
		return err
	}
	_, err := f.Seek(length, io.SeekStart)
	return err
}

// append writes the record behind b.
func (r *record) append(b []byte) ([]byte, error) {
	b, err := binary.Append(b, binary.LittleEndian, r)
	return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b)), err
}

// readRecord is the next record; none is left, or none whole, when it is not ok.
func readRecord(log io.Reader) (r record, ok bool) {
	var b [recordSize]byte
	if _, err := io.ReadFull(log, b[:]); err != nil {
		return r, false
	}
	_, err := binary.Decode(b[:], binary.LittleEndian, &r)
	return r, err == nil && crc32.ChecksumIEEE(b[:checkedSize]) == binary.LittleEndian.Uint32(b[checkedSize:])
}

// holds tells whether the next record is one that follows those before and whose content is
// in the data.
func (s *spool) holds(r *record, data io.Reader) bool {
	if last, some := s.last(); some && r.Tile <= last {
		return false
	}
	if r.Offset != s.end {
		at, known := s.known[r.Digest]
		return known && at == place{r.Offset, r.Length}
	}
	sum := sha256.New()
	if _, err := io.CopyN(sum, data, int64(r.Length)); err != nil {
		return false
	}
	return bytes.HasPrefix(sum.Sum(nil), r.Digest[:])
}

// last is the number of the last tile.
func (s *spool) last() (number uint64, some bool) {
	if len(s.entries) == 0 {
		return 0, false
	}
	e := &s.entries[len(s.entries)-1]
	return e.first + uint64(e.run) - 1, true
}

// add takes up a tile that is in the files.
func (s *spool) add(r *record) {
	at := place{r.Offset, r.Length}
	if r.Offset == s.end {
		s.known[r.Digest] = at
		s.end += uint64(r.Length)
	}
	s.tiles++
	if last, some := s.last(); some && last+1 == r.Tile {
		if e := &s.entries[len(s.entries)-1]; e.place == at {
			e.run++
			return
		}
	}
	s.entries = append(s.entries, entry{r.Tile, at, 1})
}

// put sets down the next tile, whose content is not empty.
func (s *spool) put(number uint64, content []byte) error {
	r := record{Tile: number, Digest: digestOf(content)}
	if at, known := s.known[r.Digest]; known {
		r.Offset, r.Length = at.offset, at.length
	} else {
		r.Offset, r.Length = s.end, uint32(len(content))
		if _, err := s.dataTo.Write(content); err != nil {
			return unwritten(s.out, err)
		}
	}
	s.add(&r)
	line, err := r.append(s.logTo.AvailableBuffer())
	if err == nil {
		_, err = s.logTo.Write(line)
	}
	if err != nil {
		return unwritten(s.out, err)
	}
	if s.tiles-s.safe < flushEvery {
		return nil
	}
	return s.flush()
}

// flush gives the files what is buffered: first the contents, then what tells of them.
func (s *spool) flush() error {
	if err := s.dataTo.Flush(); err != nil {
		return unwritten(s.out, err)
	}
	if err := s.logTo.Flush(); err != nil {
		return unwritten(s.out, err)
	}
	s.safe = s.tiles
	return nil
}

// publish gives a finished file the name wanted and removes what is left of the work.
func (s *spool) publish(finished string) error {
	if err := os.Rename(finished, s.out); err != nil {
		return unwritten(s.out, err)
	}
	_ = os.Remove(s.dataPath()) // unless it was that which got the name
	_ = os.Remove(s.logPath())
	return unwritten(s.out, syncDir(filepath.Dir(s.out)))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// close leaves the files for another time.
func (s *spool) close() {
	for _, f := range []*os.File{s.data, s.log} {
		if f != nil {
			_ = f.Close() // what counts was synced
		}
	}
}

// unwritten is an error of the system as a sentence; nil stays nil.
func unwritten(out string, err error) error {
	if err == nil || geo.KindOf(err) != geo.Internal {
		return err
	}
	reason := err
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		reason = path.Err
	}
	if link := (*os.LinkError)(nil); errors.As(err, &link) {
		reason = link.Err
	}
	return geo.Errorf(geo.Unavailable, "cannot write %s (%w)", out, reason)
}
