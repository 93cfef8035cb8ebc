package democity

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"gridwarden/geo"
)

// planLayer is a layer of plan.json; its keys are the flags of `import areas`.
type planLayer struct {
	Layer      string   `json:"layer"`
	Kind       string   `json:"kind"`
	Title      string   `json:"title"`
	Files      []string `json:"files"` // beside the plan
	Parent     string   `json:"parent,omitempty"`
	ParentCode string   `json:"parent-code,omitempty"`
	Code       string   `json:"code"`
	Name       string   `json:"name"`
	Department string   `json:"department"`
}

// plan writes plan.json, which imports all layers as one check and one edition.
func (w *writer) plan(context.Context) error {
	layer := func(name, kind, title, parent string) planLayer {
		l := planLayer{
			Layer: name, Kind: kind, Title: title, Files: []string{name + ".geojson"}, Parent: parent,
			Code: "code", Name: "name", Department: "department",
		}
		if parent != "" {
			l.ParentCode = "parent"
		}
		return l
	}
	layers := []planLayer{
		layer("districts", "coverage", "区", ""),
		layer("streets", "coverage", "街道", "districts"),
		layer("communities", "coverage", "社区", "streets"),
		layer("grids", "coverage", "单元网格", "communities"),
		layer("parks", "overlay", "公园绿地", ""),
		layer("roads", "line", "道路", ""),
	}
	text, err := json.MarshalIndent(map[string]any{"layers": layers}, "", "  ")
	if err != nil {
		return err
	}
	return w.text("plan.json", string(text)+"\n")
}

// readme writes README.txt, which says that nothing here is real.
func (w *writer) readme(context.Context) error {
	return w.text("README.txt", fmt.Sprintf(readmeText, w.size.Grids, w.size.Assets, seed, standard, standard))
}

const readmeText = `云川市: an invented city

gridwarden made these files: %d unit grids and %d assets, from random numbers that
always begin at %d, so the same size always gives the same bytes. No place, body, code or
thing in them is real. District codes begin with 99, which no province has.

本目录由 gridwarden 程序生成，地名、单位、编码与部件均为虚构；相同规模每次生成的内容完全相同。

  districts, streets, communities, grids   .geojson   four nested layers that share their borders
  parks                                    .geojson   an overlay: some overlap, some have a lake
  roads                                    .geojson   centre lines with class, side and reach in metres
  categories.csv     the national categories, which a database has built in
  departments.csv    bodies in three levels; aliases are separated by ";"
  assets.csv         categories are those of %s; bodies are written by code, name
                     or alias; once in about 3,000 rows the grid column names a neighbour
  plan.json          the layers in the form of "import areas --plan"

To import them by hand:

  gridwarden import departments departments.csv
  gridwarden import areas --plan plan.json
  gridwarden import assets --standard "%s" --category category --id id \
      --authority authority --owner owner --maintainer maintainer --state state \
      --lon lon --lat lat --grid grid assets.csv
`

func (w *writer) text(name, text string) error {
	if err := os.WriteFile(w.path(name), []byte(text), 0o644); err != nil {
		return geo.Errorf(geo.Invalid, "cannot write the demo city: %w", err)
	}
	return nil
}
