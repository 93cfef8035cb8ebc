package archive

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"os"
	"sort"

	"github.com/maypok86/otter/v2"
	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
)

// What a reader takes of an archive that somebody else made.
const (
	mostPart   = 16 << 20 // bytes of a tile, a directory or the metadata, as kept
	mostPlain  = 4 << 20  // bytes of a directory or the metadata, uncompressed
	mostDepth  = 4        // directories on the way to a tile
	keptLeaves = 64       // directories kept beside the root
)

// Content is what the tiles of an archive are.
type Content uint8

// The contents that are read, by their numbers in the specification.
const (
	Vector Content = iota + 1 // Mapbox Vector Tiles
	PNG
	JPEG
	WebP
)

// Reader reads the tiles of a PMTiles archive, whoever made it. It is safe for concurrent use.
// What is wrong with a file is found when it is opened, or else told as geo.Faulty when a
// damaged part is come to: nothing in it is taken on trust.
type Reader struct {
	Description
	file   *os.File
	header header
	root   []entry
	leaves *otter.Cache[section, []entry]
}

// Description is what an archive tells of itself.
type Description struct {
	Content          Content
	Gzipped          bool // its tiles are
	MinZoom, MaxZoom maptile.Zoom
	Layers           []string // of vector tiles
	Attribution      string   // as it is written there, perhaps with HTML
}

// Open opens an archive. One that is none, or is packed in a way that is not read here, is
// geo.Invalid.
func Open(path string) (*Reader, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, geo.Errorf(geo.Invalid, "%s cannot be opened: %w", path, err)
	}
	r := &Reader{file: file, leaves: otter.Must(&otter.Options[section, []entry]{MaximumSize: keptLeaves})}
	if err := r.begin(); err != nil {
		_ = file.Close() // it was only read
		return nil, geo.Errorf(geo.Invalid, "%s: %s", path, geo.Sentence(err))
	}
	return r, nil
}

// Close closes the file.
func (r *Reader) Close() error { return r.file.Close() }

// begin reads the header, the root directory and the metadata.
func (r *Reader) begin() error {
	info, err := r.file.Stat()
	if err != nil {
		return err
	}
	begin := make([]byte, headerSize)
	if _, err := r.file.ReadAt(begin, 0); err != nil || string(begin[:7]) != "PMTiles" {
		return geo.Errorf(geo.Invalid, "it is no PMTiles archive")
	}
	if _, err := binary.Decode(begin, binary.LittleEndian, &r.header); err != nil {
		return err
	}
	if err := r.header.check(uint64(info.Size())); err != nil {
		return err
	}
	h := &r.header
	r.Description = Description{
		Content: Content(h.Type), Gzipped: h.Tiles == gzipped, MinZoom: maptile.Zoom(h.MinZoom), MaxZoom: maptile.Zoom(h.MaxZoom),
	}
	if r.root, err = r.directory(h.Root); err != nil {
		return err
	}
	return r.describe()
}

// Compressions beside gzip.
const (
	compressionUnknown = 0
	compressionNone    = 1
)

// check refuses what is not read here, and sections that are not in a file of a size.
func (h *header) check(size uint64) error {
	packed := func(c uint8) bool { return c != compressionNone && c != gzipped }
	switch {
	case h.Version != 3:
		return geo.Errorf(geo.Invalid, "it is of version %d of PMTiles, and 3 is read: convert it with pmtiles convert", h.Version)
	case packed(h.Inside) || packed(h.Tiles) && h.Tiles != compressionUnknown:
		return geo.Errorf(geo.Invalid, "it is compressed otherwise than with gzip: make it anew with gzip")
	case Content(h.Type) < Vector || Content(h.Type) > WebP:
		return geo.Errorf(geo.Invalid, "its tiles are of type %d: vector tiles, PNG, JPEG and WebP are read", h.Type)
	case h.MinZoom > h.MaxZoom || h.MaxZoom > 30:
		return geo.Errorf(geo.Invalid, "it goes from zoom %d to %d, which cannot be", h.MinZoom, h.MaxZoom)
	}
	for _, s := range []section{h.Root, h.Metadata, h.Leaves, h.Data} {
		if s.Offset > size || s.Length > size-s.Offset {
			return geo.Errorf(geo.Invalid, "it has %d bytes, and a part of it is said to end at %d: it was cut off", size, s.Offset+s.Length)
		}
	}
	return nil
}

// describe reads the metadata, of which none must be there.
func (r *Reader) describe() error {
	if r.header.Metadata.Length == 0 {
		return nil
	}
	text, err := r.unpack(r.header.Metadata)
	if err != nil {
		return err
	}
	var m struct {
		Attribution string `json:"attribution"`
		Layers      []struct {
			ID string `json:"id"`
		} `json:"vector_layers"`
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return geo.Errorf(geo.Invalid, "its metadata is no JSON")
	}
	r.Attribution = m.Attribution
	for _, l := range m.Layers {
		r.Layers = append(r.Layers, l.ID)
	}
	return nil
}

// Tile is the bytes of a tile as they are kept; nil where there is none.
func (r *Reader) Tile(t maptile.Tile) ([]byte, error) {
	if t.Z < r.MinZoom || t.Z > r.MaxZoom || !t.Valid() {
		return nil, nil
	}
	number, entries := numberOf(t), r.root
	for range mostDepth {
		i := sort.Search(len(entries), func(i int) bool { return entries[i].first > number }) - 1
		if i < 0 {
			return nil, nil
		}
		switch e := entries[i]; {
		case e.run == 0:
			var err error
			if entries, err = r.leaf(e.place); err != nil {
				return nil, err
			}
		case number-e.first >= uint64(e.run):
			return nil, nil
		default:
			at, err := within(r.header.Data, e.place)
			if err != nil {
				return nil, err
			}
			return r.bytes(at)
		}
	}
	return nil, damaged("its directories lead on and on")
}

// leaf is a directory below the root.
func (r *Reader) leaf(p place) ([]entry, error) {
	at, err := within(r.header.Leaves, p)
	if err != nil {
		return nil, err
	}
	if known, ok := r.leaves.GetIfPresent(at); ok {
		return known, nil
	}
	entries, err := r.directory(at)
	if err == nil {
		r.leaves.Set(at, entries)
	}
	return entries, err
}

// within is where in the file a place of a section is.
func within(s section, p place) (section, error) {
	if p.offset > s.Length || uint64(p.length) > s.Length-p.offset {
		return section{}, damaged("a directory names what is beyond its end")
	}
	return section{s.Offset + p.offset, uint64(p.length)}, nil
}

func damaged(how string) error { return geo.Errorf(geo.Faulty, "the archive is damaged: %s", how) }

func (r *Reader) bytes(s section) ([]byte, error) {
	if s.Length > mostPart {
		return nil, damaged("a part of it is too large")
	}
	b := make([]byte, s.Length)
	if _, err := r.file.ReadAt(b, int64(s.Offset)); err != nil {
		return nil, damaged("it is shorter than it says")
	}
	return b, nil
}

// unpack is a section of directories or metadata, uncompressed.
func (r *Reader) unpack(s section) ([]byte, error) {
	packed, err := r.bytes(s)
	if err != nil {
		return nil, err
	}
	if r.header.Inside != gzipped {
		return packed, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, damaged("a part of it is no gzip")
	}
	plain, err := io.ReadAll(io.LimitReader(z, mostPlain+1))
	switch {
	case err != nil:
		return nil, damaged("a part of it is no gzip")
	case len(plain) > mostPlain:
		return nil, damaged("a part of it is too large")
	}
	return plain, nil
}

// directory reads the list of entries that [directory] wrote.
func (r *Reader) directory(s section) ([]entry, error) {
	text, err := r.unpack(s)
	if err != nil {
		return nil, err
	}
	in := uvarints{from: bytes.NewReader(text)}
	n := in.next(uint64(len(text) / 4)) // each entry takes at least four bytes
	entries := make([]entry, n)
	for i, last := 0, uint64(0); i < len(entries); i++ {
		step := in.next(math.MaxUint64 - last)
		if step == 0 && i > 0 {
			return nil, damaged("two entries of a directory are of one tile")
		}
		last += step
		entries[i].first = last
	}
	for i := range entries {
		entries[i].run = uint32(in.next(math.MaxUint32))
	}
	for i := range entries {
		entries[i].length = uint32(in.next(math.MaxUint32))
	}
	for i := range entries {
		offset := in.next(math.MaxInt64)
		switch {
		case offset > 0:
			entries[i].offset = offset - 1
		case i > 0:
			entries[i].offset = entries[i-1].offset + uint64(entries[i-1].length)
		default:
			return nil, damaged("a directory does not say where it begins")
		}
	}
	return entries, in.err
}

// uvarints reads what [binary.AppendUvarint] wrote; after an error it is all zeros.
type uvarints struct {
	from *bytes.Reader
	err  error
}

func (n *uvarints) next(most uint64) uint64 {
	v, err := binary.ReadUvarint(n.from)
	if err != nil || v > most {
		n.err = damaged("a directory cannot be read")
	}
	if n.err != nil {
		return 0
	}
	return v
}
