package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// Base is the open state that an import or a check works on: the newest edition, all
// layers, departments, categories and tables of duty, and the areas of the layers asked for, in code
// order; of layers that do not exist it has none. Asked for no layer it holds no areas.
func (s *Store) Base(ctx context.Context, layers ...geo.LayerName) (*geo.Base, error) {
	var base geo.Base
	err := s.read(ctx, "reading the areas", func(tx pgx.Tx) error {
		edition, err := readEdition(ctx, tx)
		if err != nil {
			return err
		}
		var all geo.Changes
		if err := readLayers(ctx, tx, span{}, &all); err != nil {
			return err
		}
		if err := readDepartments(ctx, tx, span{}, &all); err != nil {
			return err
		}
		if err := readCategories(ctx, tx, span{}, &all); err != nil {
			return err
		}
		if err := readDuty(ctx, tx, span{}, &all); err != nil {
			return err
		}
		all.Duty.Rulings = nil
		base = geo.Base{Edition: edition.Number, Layers: all.Layers, Departments: all.Departments, Categories: all.Categories, Duty: all.Duty}
		if len(layers) == 0 {
			return nil
		}
		base.Areas, err = collect(ctx, tx, areasSQL+isOpen+" AND layer = ANY($1) ORDER BY layer, code", []any{binaryRows, layers}, scanAreas())
		return err
	})
	if err != nil {
		return nil, err
	}
	return &base, nil
}
