package ingest_test

import (
	"context"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/ingest"
	"gridwarden/geo/realdata"
	"gridwarden/geo/testsize"
)

func TestRealAreasAreAllRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file         string
		options      ingest.AreaOptions
		areas, parts int
		first        geo.AreaCode
	}{
		{"cn-hangzhou-xiacheng/streets.geojson", ingest.AreaOptions{Code: "街道编码", Name: "街道"}, 8, 8, "CM"},
		{"cn-hangzhou-xiacheng/communities.geojson", ingest.AreaOptions{Code: "社区编码", Name: "社区", Parent: "街道编码"}, 75, 90, "CM-1"},
		{"cn-hangzhou-xiacheng/grids.geojson", ingest.AreaOptions{Code: "网格编号"}, 297, 332, "CM-1-1"},
		{"us-nyc/boroughs.geojson.gz", ingest.AreaOptions{Code: "borough_code", Name: "borough"}, 5, 5, "1"},
		{"us-nyc/community_districts.geojson.gz", ingest.AreaOptions{Code: "boro_cd"}, 59, 59, "101"},
		{"us-nyc/council_districts_2013.geojson.gz", ingest.AreaOptions{Code: "district_number"}, 51, 51, "1"},
		{"us-nyc/census_tracts_2010.geojson.gz", ingest.AreaOptions{Code: "boroct2010", Parent: "borough_code"}, 2167, 2167, "1000100"},
		{"us-nyc/nta_2010.geojson", ingest.AreaOptions{Code: "nta2010"}, 195, 195, "BK09"},
		{"us-nyc/police_precincts.geojson.gz", ingest.AreaOptions{Code: "precinct"}, 77, 77, "1"},
		{"tw-villages/villages.geojson.gz", ingest.AreaOptions{Code: "VILLCODE", Name: "VILLNAME"}, 7701, 7701, "09007010001"},
		{"tw-villages/towns.geojson.gz", ingest.AreaOptions{Name: "TOWNNAME"}, 368, 368, "09007010"},
		{"tw-villages/counties.geojson.gz", ingest.AreaOptions{Name: "COUNTYNAME"}, 22, 22, "09007"},
		{"cn-datav-admin/counties.geojson.gz", ingest.AreaOptions{Code: "adcode", Options: ingest.Options{CRS: "GCJ-02"}}, 2855, 2855, "110101"},
	} {
		if c.options.CRS != "" && !testsize.Long() {
			continue // a million vertices
		}
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			areas, err := ingest.ReadAreas(t.Context(), []string{realdata.Path(t, c.file)}, c.options)
			if err != nil {
				t.Fatal(err)
			}
			parts := 0
			for _, a := range areas {
				parts += len(a.Parts)
			}
			if len(areas) != c.areas || parts != c.parts || areas[0].Code != c.first {
				t.Errorf("%d areas of %d parts from %s, want %d of %d from %s", len(areas), parts, areas[0].Code, c.areas, c.parts, c.first)
			}
		})
	}
}

func count(t *testing.T, o ingest.AssetOptions, files ...string) (n, derived int) {
	t.Helper()
	for a, err := range ingest.Assets(context.Background(), files, o) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if ingest.IsDerived(a.ID) {
			derived++
		}
	}
	return n, derived
}

func TestRealAssetsAreAllRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file       string
		options    ingest.AssetOptions
		n, derived int
	}{
		{"cn-hangzhou-xiacheng/facilities.geojson", ingest.AssetOptions{Category: "类别"}, 753, 753},
		{"cn-hangzhou-xiacheng/facilities.geojson", ingest.AssetOptions{Category: "类别", ID: "编号"}, 753, 233},
		{"us-nyc/trees_2015.csv.gz", ingest.AssetOptions{CategoryCode: "04002", ID: "tree_id"}, 5000, 0},
		{"us-nyc/hydrants.csv", ingest.AssetOptions{CategoryCode: "01013", ID: "unitid"}, 5000, 0},
		{"osm-lauf/street_furniture.geojson", ingest.AssetOptions{CategoryCode: "0117"}, 1014, 1014},
		{"osm-lauf/landuse_polygons.geojson", ingest.AssetOptions{CategoryCode: "0405"}, 1067, 1067},
	} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			n, derived := count(t, c.options, realdata.Path(t, c.file))
			if n != c.n || derived != c.derived {
				t.Errorf("%d assets, %d ids derived; want %d and %d", n, derived, c.n, c.derived)
			}
		})
	}
}

func BenchmarkAreas(b *testing.B) {
	path := realdata.Path(b, "cn-datav-admin/counties.geojson.gz")
	for b.Loop() {
		if _, err := ingest.ReadAreas(b.Context(), []string{path}, ingest.AreaOptions{Code: "adcode"}); err != nil {
			b.Fatal(err)
		}
	}
}
