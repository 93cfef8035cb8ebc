package archive

import (
	"strconv"

	"gridwarden/tiles"
)

// described is the TileJSON of the tiles, cut down to what the archive holds.
func (j *Job) described() tiles.TileSet {
	set := tiles.TileJSON(j.View, &j.Want, "")
	set.MinZoom, set.MaxZoom = int(j.First), int(j.Last)
	for i := range set.VectorLayers {
		v := &set.VectorLayers[i]
		v.MinZoom, v.MaxZoom = max(v.MinZoom, set.MinZoom), min(v.MaxZoom, set.MaxZoom)
	}
	if b := &set.Bounds; j.Within != nil {
		*b = [4]float64{
			clamp(b[0], j.Within.Left(), j.Within.Right()), clamp(b[1], j.Within.Bottom(), j.Within.Top()),
			clamp(b[2], j.Within.Left(), j.Within.Right()), clamp(b[3], j.Within.Bottom(), j.Within.Top()),
		}
		set.Center[0], set.Center[1] = (b[0]+b[2])/2, (b[1]+b[3])/2
	}
	set.Center[2] = clamp(set.Center[2], float64(j.First), float64(j.Last))
	return set
}

func clamp(v, least, most float64) float64 { return max(least, min(v, most)) }

// metadata is what a PMTiles archive tells of itself beside its header: its TileJSON, for
// which nobody has an address yet.
type metadata struct {
	tiles.TileSet
	Tiles       []string `json:"tiles,omitempty"`
	Description string   `json:"description"`
	Version     string   `json:"version"`
	Type        string   `json:"type"`
	Generator   string   `json:"generator"`
}

func (j *Job) metadata(set *tiles.TileSet) *metadata {
	return &metadata{
		TileSet: *set, Description: j.title(), Version: strconv.FormatInt(int64(j.View.Edition().Number), 10), Type: "overlay", Generator: j.By,
	}
}
