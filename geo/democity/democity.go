package democity

import (
	"context"
	"os"
	"path/filepath"

	"gridwarden/geo"
)

// seed starts every random sequence of the city.
const seed = 20260701

// Size is how large a city to make.
type Size struct {
	Grids  int // unit grids of about 10,000 m², 36 vertices each
	Assets int // things standing in them
}

// Default is the city of `make run`: as many assets in a grid as a real city has.
func Default() Size { return Size{Grids: 2_500, Assets: 250_000} }

// check refuses sizes whose codes would run out of digits.
func (s Size) check() error {
	switch {
	case s.Grids < 1 || s.Grids > 1_000_000:
		return geo.Errorf(geo.Invalid, "a demo city has 1 to 1,000,000 grids, not %d", s.Grids)
	case s.Assets < 0 || s.Assets > 4_000_000*districtCount(s.Grids):
		return geo.Errorf(geo.Invalid, "a demo city of %d grids has 0 to %d assets, not %d: beyond that their six-digit numbers run out",
			s.Grids, 4_000_000*districtCount(s.Grids), s.Assets)
	}
	return nil
}

// Manifest tells what was written.
type Manifest struct {
	Plan        string // the file for `import areas --plan`; this and the next two with their directory
	Departments string // the file for `import departments`
	Categories  string // what the database has built in, as the file of `import categories`
	Assets      string // the file for `import assets`
	Tables      Tables // those for `import rules`, standards, calendar, groups and posts

	Districts, Streets, Communities, Grids int
	Parks, Roads, Units, AssetCount        int
	Misplaced                              int // assets whose grid column names the wrong grid, as happens in surveys
}

// Tables are the files of duty.
type Tables struct{ Rules, Standards, Calendar, Groups, Posts string }

// Write makes the city in dir, which is created when missing; files of an earlier city
// there are replaced. When ctx ends or a file cannot be written, what is there so far
// stays.
func Write(ctx context.Context, dir string, size Size) (Manifest, error) {
	if err := size.check(); err != nil {
		return Manifest{}, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Manifest{}, geo.Errorf(geo.Invalid, "cannot make the directory for the demo city: %w", err)
	}
	w := &writer{
		dir:  dir,
		size: size,
		city: build(size.Grids),
		manifest: Manifest{
			Plan:        filepath.Join(dir, "plan.json"),
			Departments: filepath.Join(dir, "departments.csv"),
			Categories:  filepath.Join(dir, "categories.csv"),
			Assets:      filepath.Join(dir, "assets.csv"),
			Tables: Tables{
				Rules: filepath.Join(dir, "rules.csv"), Standards: filepath.Join(dir, "standards.csv"), Calendar: filepath.Join(dir, "calendar.csv"),
				Groups: filepath.Join(dir, "groups.csv"), Posts: filepath.Join(dir, "posts.csv"),
			},
		},
	}
	for _, step := range []func(context.Context) error{
		w.readme, w.plan, w.departments, w.categories, w.areas, w.parks, w.roads, w.assets,
		w.rules, w.standards, w.calendar, w.groups,
	} {
		if err := ctx.Err(); err != nil {
			return w.manifest, err
		}
		if err := step(ctx); err != nil {
			return w.manifest, err
		}
	}
	return w.manifest, nil
}

// writer holds what the steps of Write share.
type writer struct {
	dir      string
	size     Size
	city     *city
	manifest Manifest
}

func (w *writer) path(name string) string { return filepath.Join(w.dir, name) }
