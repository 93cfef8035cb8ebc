package democity

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"

	"gridwarden/geo"
)

// file is one file of the city being written.
type file struct {
	*bufio.Writer
	path string
	f    *os.File
}

func create(path string) (*file, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, geo.Errorf(geo.Invalid, "cannot write the demo city: %w", err)
	}
	return &file{bufio.NewWriterSize(f, 1<<20), path, f}, nil
}

// done writes what is buffered and closes the file.
func (f *file) done() error {
	if err := f.Flush(); err != nil {
		return geo.Errorf(geo.Unavailable, "cannot write the demo city: %w", err)
	}
	if err := f.f.Close(); err != nil {
		return geo.Errorf(geo.Unavailable, "cannot write the demo city: %w", err)
	}
	return nil
}

// discard closes a file that was left half written; after done it does nothing.
func (f *file) discard() { _ = f.f.Close() }

// about says in every GeoJSON file what it is.
const about = "Invented by gridwarden's demo city, always the same: no place, body or code in it is real. 本数据由程序生成，地名、单位与编码均为虚构。"

// properties are the fields of a feature.
type properties struct {
	Code       string `json:"code"`
	Name       string `json:"name"`
	Department string `json:"department"` // a code of departments.csv; may be empty
	Parent     string `json:"parent,omitempty"`
	Class      string `json:"class,omitempty"`
	Side       string `json:"side,omitempty"`
	Reach      int    `json:"reach,omitempty"`
}

// features writes a GeoJSON FeatureCollection, a feature a line.
type features struct {
	*file
	count int
	line  []byte
}

func createFeatures(path string) (*features, error) {
	f, err := create(path)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(f, "{\"type\":\"FeatureCollection\",\"description\":%q,\"features\":[", about)
	return &features{file: f}, nil
}

// polygon adds a feature of an outer ring and holes.
func (f *features) polygon(p properties, rings ...[]geo.Coord) error {
	return f.add(p, "Polygon", func(line []byte) []byte {
		line = append(line, '[')
		for i, ring := range rings {
			if i > 0 {
				line = append(line, ',')
			}
			line = appendCoords(line, ring, true)
		}
		return append(line, ']')
	})
}

// lineString adds a feature of one line.
func (f *features) lineString(p properties, coords []geo.Coord) error {
	return f.add(p, "LineString", func(line []byte) []byte { return appendCoords(line, coords, false) })
}

func (f *features) add(p properties, geometry string, appendGeometry func([]byte) []byte) error {
	props, err := json.Marshal(p)
	if err != nil {
		return err
	}
	line := f.line[:0]
	if f.count > 0 {
		line = append(line, ',')
	}
	line = append(line, "\n{\"type\":\"Feature\",\"properties\":"...)
	line = append(line, props...)
	line = append(line, ",\"geometry\":{\"type\":\""+geometry+"\",\"coordinates\":"...)
	line = append(appendGeometry(line), "}}"...)
	f.line = line
	f.count++
	_, err = f.Write(line)
	return err
}

func (f *features) done() error {
	if _, err := f.WriteString("\n]}\n"); err != nil {
		return err
	}
	return f.file.done()
}

// appendCoords appends a GeoJSON position list; a ring repeats its first position.
func appendCoords(line []byte, coords []geo.Coord, closed bool) []byte {
	line = append(line, '[')
	for i, c := range coords {
		if i > 0 {
			line = append(line, ',')
		}
		line = appendCoord(line, c)
	}
	if closed {
		line = appendCoord(append(line, ','), coords[0])
	}
	return append(line, ']')
}

func appendCoord(line []byte, c geo.Coord) []byte {
	line = appendDegrees(append(line, '['), c.X)
	return append(appendDegrees(append(line, ','), c.Y), ']')
}

// appendDegrees writes a positive number of units as degrees with all seven decimals.
func appendDegrees(line []byte, units int32) []byte {
	const one = int32(geo.Scale)
	line = strconv.AppendInt(line, int64(units/one), 10)
	from := len(line)
	line = strconv.AppendInt(line, int64(units%one+one), 10)
	line[from] = '.' // the 1 in front that kept the zeros
	return line
}
