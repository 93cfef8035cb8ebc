package democity

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"

	"gridwarden/geo"
)

// survey writes down the assets of one grid after another. The row it gives is valid
// until the next.
type survey struct {
	city      *city
	written   [][][3][]string // for each district and kind, the ways its three bodies are written
	numbers   [][]int         // for each district and kind, the last number given
	common    []int           // each kind as often as its weight
	random    *rand.Rand
	grid      grid
	before    string // the code of the grid before
	ring      []geo.Coord
	middle    vec // of the ring, in coordinate units
	line      []byte
	misplaced int
}

func newSurvey(c *city) *survey {
	s := &survey{city: c}
	for i, k := range catalogue {
		for range k.weight {
			s.common = append(s.common, i)
		}
	}
	written := make(map[string][]string, len(c.units))
	for _, u := range c.units {
		written[u.code] = append([]string{u.code, u.name}, u.aliases...)
	}
	for _, d := range c.districts {
		bodies := make([][3][]string, len(catalogue))
		for i, k := range catalogue {
			for role, code := range [3]string{k.trade.authority, k.trade.owner, k.trade.maintainer} {
				bodies[i][role] = written[strings.Replace(code, "?", d.code, 1)]
			}
		}
		s.written = append(s.written, bodies)
		s.numbers = append(s.numbers, make([]int, len(catalogue)))
	}
	return s
}

// enter begins with the next grid.
func (s *survey) enter(g grid) {
	s.before = s.grid.code
	s.grid = g
	s.random = random(ofCell, s.city.lattice.index(node(g.cell)))
	s.ring = s.city.lattice.ring(s.ring[:0], g.cell)
	s.middle = vec{}
	for _, c := range s.ring {
		s.middle.x += float64(c.X) / float64(len(s.ring))
		s.middle.y += float64(c.Y) / float64(len(s.ring))
	}
}

// row is the k-th of count assets of the grid: they stand at even steps along its border,
// inside it by as much as their kind does.
func (s *survey) row(k, count int) []byte {
	which := s.common[s.random.IntN(len(s.common))]
	kind, district := &catalogue[which], s.grid.district
	s.numbers[district][which]++
	at := s.stand((float64(k)+s.random.Float64())/float64(count), kind.depth*(0.8+0.4*s.random.Float64()))

	line := append(s.line[:0], s.city.districts[district].code...)
	line = append(line, kind.code...)
	line = appendSixDigits(line, s.numbers[district][which])
	line = append(append(line, ','), kind.code...)
	line = append(line, ',')
	if kind.own {
		line = append(line, strings.TrimSuffix(s.grid.community.name, "社区")...)
	}
	line = append(append(line, kind.name...), ',')
	line = appendDegrees(line, at.X)
	line = appendDegrees(append(line, ','), at.Y)
	line = append(append(line, ','), s.state()...)
	for _, ways := range s.written[district][which] {
		line = append(append(line, ','), s.body(ways)...)
	}
	line = append(append(line, ','), s.gridColumn()...)
	s.line = append(line, '\n')
	return s.line
}

// stand is the place at the given share of the way round the border, moved towards the
// middle by the given share. Every line from the middle crosses the border once, so it is
// inside.
func (s *survey) stand(along, depth float64) geo.Coord {
	place := along * float64(len(s.ring))
	i := min(int(place), len(s.ring)-1)
	t := place - float64(i)
	a, b := s.ring[i], s.ring[(i+1)%len(s.ring)]
	x := float64(a.X) + t*float64(b.X-a.X)
	y := float64(a.Y) + t*float64(b.Y-a.Y)
	return geo.Coord{
		X: int32(math.Round(x + depth*(s.middle.x-x))),
		Y: int32(math.Round(y + depth*(s.middle.y-y))),
	}
}

// body writes a body as clerks do: mostly its code, often its name, sometimes a short one.
func (s *survey) body(ways []string) string {
	if len(ways) == 0 {
		return ""
	}
	switch n := s.random.IntN(100); {
	case n < 70:
		return ways[0]
	case n < 92:
		return ways[1]
	default:
		return ways[len(ways)-1]
	}
}

func (s *survey) state() string {
	switch n := s.random.IntN(1000); {
	case n < 960:
		return "完好"
	case n < 990:
		return "破损"
	case n < 996:
		return "丢失"
	default:
		return "废弃"
	}
}

// gridColumn is the grid the surveyors wrote down: once in three thousand that of the
// grid before.
func (s *survey) gridColumn() string {
	if s.random.IntN(3000) == 0 && s.before != "" {
		s.misplaced++
		return s.before
	}
	return s.grid.code
}

func appendSixDigits(line []byte, n int) []byte {
	from := len(line)
	line = strconv.AppendInt(line, int64(1_000_000+n), 10)
	return append(line[:from], line[from+1:]...)
}
