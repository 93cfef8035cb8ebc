package ingest

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
)

// All gives the rows one by one, to keep; an error ends them.
func (r *Rows) All(ctx context.Context) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		enough := errors.New("enough")
		err := r.Run(ctx, Bulk{
			Work: func() func(*Block) { return func(*Block) {} },
			Write: func(_ []byte, rows []Row) error {
				for _, row := range rows {
					row.Cells = slices.Clone(row.Cells)
					for i, cell := range row.Cells {
						row.Cells[i] = strings.Clone(cell)
					}
					row.JSON = bytes.Clone(row.JSON)
					if !yield(row, nil) {
						return enough
					}
				}
				return nil
			},
		})
		if err != nil && !errors.Is(err, enough) {
			yield(Row{Line: r.Line}, err)
		}
	}
}
