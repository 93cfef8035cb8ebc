package archive

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/tiles"
)

// The numbers below are those of the specification of PMTiles, version 3.
const (
	headerSize = 127
	rootSize   = head - headerSize // that a root directory may have
	leafSize   = 4096              // entries of a leaf directory, more where the root gets too large

	gzipped     = 2
	vectorTiles = 1
)

// header is what a PMTiles archive begins with.
type header struct {
	Magic                        [7]byte
	Version                      uint8
	Root, Metadata, Leaves, Data section
	Addressed, Entries, Contents uint64
	Clustered                    bool
	Inside, Tiles                uint8 // compression
	Type                         uint8
	MinZoom, MaxZoom             uint8
	Min, Max                     geo.Coord // degrees in units of 1e-7, longitude first
	CenterZoom                   uint8
	Center                       geo.Coord
}

type section struct{ Offset, Length uint64 }

// finishPMTiles makes the data an archive: the directories follow the tiles, and the header
// and the root directory come into the room before them. What is between them and the tiles
// is zero.
func (s *spool) finishPMTiles(j *Job, set *tiles.TileSet) error {
	var gzip tiles.Packer
	described, err := json.Marshal(j.metadata(set))
	if err != nil {
		return err
	}
	metadata, err := gzip.Gzip(described)
	if err != nil {
		return err
	}
	root, leaves, err := directories(s.entries, &gzip)
	if err != nil {
		return err
	}
	h := s.header(j, set)
	h.Root = section{headerSize, uint64(len(root))}
	h.Data = section{head, s.end}
	h.Metadata = section{head + s.end, uint64(len(metadata))}
	h.Leaves = section{h.Metadata.Offset + h.Metadata.Length, uint64(len(leaves))}
	begin := make([]byte, head)
	if _, err := binary.Encode(begin, binary.LittleEndian, h); err != nil {
		return err
	}
	copy(begin[headerSize:], root)
	for at, part := range map[uint64][]byte{0: begin, h.Metadata.Offset: metadata, h.Leaves.Offset: leaves} {
		if _, err := s.data.WriteAt(part, int64(at)); err != nil {
			return unwritten(s.out, err)
		}
	}
	if err := s.data.Sync(); err != nil {
		return unwritten(s.out, err)
	}
	return s.publish(s.dataPath())
}

// header is the header but for its sections.
func (s *spool) header(j *Job, set *tiles.TileSet) *header {
	unit := func(degrees float64) int32 { return int32(math.Round(degrees * geo.Scale)) }
	return &header{
		Magic: [7]byte([]byte("PMTiles")), Version: 3,
		Addressed: uint64(s.tiles), Entries: uint64(len(s.entries)), Contents: uint64(len(s.known)),
		Clustered: true, Inside: gzipped, Tiles: gzipped, Type: vectorTiles,
		MinZoom: uint8(j.First), MaxZoom: uint8(j.Last),
		Min:        geo.Coord{X: unit(set.Bounds[0]), Y: unit(set.Bounds[1])},
		Max:        geo.Coord{X: unit(set.Bounds[2]), Y: unit(set.Bounds[3])},
		CenterZoom: uint8(maptile.Zoom(set.Center[2])),
		Center:     geo.Coord{X: unit(set.Center[0]), Y: unit(set.Center[1])},
	}
}

// directories lists the entries in one directory, or, where that is too large for the room
// before the tiles, in leaves that the root lists.
func directories(entries []entry, gzip *tiles.Packer) (root, leaves []byte, err error) {
	if root, err = directory(entries, gzip); err != nil || len(root) <= rootSize {
		return root, nil, err
	}
	for size := leafSize; ; size *= 2 {
		var above []entry
		leaves = leaves[:0]
		for i := 0; i < len(entries); i += size {
			leaf, err := directory(entries[i:min(i+size, len(entries))], gzip)
			if err != nil {
				return nil, nil, err
			}
			above = append(above, entry{entries[i].first, place{uint64(len(leaves)), uint32(len(leaf))}, 0})
			leaves = append(leaves, leaf...)
		}
		if root, err = directory(above, gzip); err != nil || len(root) <= rootSize {
			return root, leaves, err
		}
	}
}

// directory is a list of entries, compressed: their numbers each as the step from the one
// before, their runs, of which 0 marks a leaf, their lengths, and their offsets, of which 0
// means right after the one before.
func directory(entries []entry, gzip *tiles.Packer) ([]byte, error) {
	var b bytes.Buffer
	put := func(v uint64) { b.Write(binary.AppendUvarint(b.AvailableBuffer(), v)) }
	put(uint64(len(entries)))
	last := uint64(0)
	for i := range entries {
		put(entries[i].first - last)
		last = entries[i].first
	}
	for i := range entries {
		put(uint64(entries[i].run))
	}
	for i := range entries {
		put(uint64(entries[i].length))
	}
	next := uint64(1) // no offset: the first is always told
	for i := range entries {
		e := &entries[i]
		if i > 0 && e.offset == next {
			put(0)
		} else {
			put(e.offset + 1)
		}
		next = e.offset + uint64(e.length)
	}
	return gzip.Gzip(b.Bytes())
}
