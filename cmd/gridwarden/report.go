package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/planning"
)

// printOutcome tells what an import does: the layers, what was closed, the parents that
// grew, and every fault with its place and size, errors first.
func printOutcome(w io.Writer, o *planning.Outcome) {
	for _, l := range o.Layers {
		fmt.Fprintf(w, "%s: %s\n", l.Layer, layerLine(l))
		if len(l.Ended) > 0 {
			fmt.Fprintf(w, "  ended: %s\n", listed(l.Ended, 50))
		}
		if len(l.Noded) > 0 {
			fmt.Fprintf(w, "  fitted to a neighbour: %s\n", listed(l.Noded, 10))
		}
	}
	if o.Closed > 0 || o.GreatestMove > 0 {
		fmt.Fprintf(w, "borders matched: %s closed, greatest move %s\n", counted(o.Closed, "gap or overlap", "gaps and overlaps"), geo.InMetres(o.GreatestMove))
	}
	for _, g := range o.Gained {
		fmt.Fprintf(w, "%s %s was extended by %s to hold its children\n", g.Layer, g.Code, geo.InSquareMetres(g.SquareMetres))
	}
	printFaults(w, o.Faults)
	for _, p := range o.Overhangs {
		fmt.Fprintf(w, "%s %s %s: %s stick out by %s in all: %s\n", p.Layer, p.Code, p.Name,
			counted(len(p.Children), "area", "areas"), geo.InSquareMetres(p.SquareMetres), listed(p.Children, 10))
	}
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func layerLine(l planning.LayerReport) string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{
		{len(l.Added), "new"}, {len(l.Changed), "changed"}, {len(l.Ended), "ended"},
		{len(l.Noded), "fitted"}, {l.Untouched, "untouched"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	areas := len(l.Added) + len(l.Changed) + len(l.Noded) + l.Untouched
	line := counted(areas, "area", "areas")
	if l.Parts > 0 {
		line += fmt.Sprintf(" (%s read)", counted(l.Parts, "feature", "features"))
	}
	if len(parts) > 0 {
		line += ": " + strings.Join(parts, ", ")
	}
	return line
}

// printFaults writes one line a fault, errors first, then by kind, the widest first.
// Slivers closed within the tolerance are told in one line with the borders matched.
func printFaults(w io.Writer, faults []geo.Fault) {
	for _, f := range inOrder(faults) {
		if f.Error || !f.Mended {
			fmt.Fprintln(w, faultLine(f))
		}
	}
}

func inOrder(faults []geo.Fault) []geo.Fault {
	out := slices.Clone(faults)
	slices.SortStableFunc(out, func(a, b geo.Fault) int {
		return cmp.Or(weight(a)-weight(b), cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.Width, a.Width))
	})
	return out
}

func weight(f geo.Fault) int {
	switch {
	case f.Error && !f.Mended:
		return 0
	case f.Error:
		return 1
	}
	return 2
}

func faultLine(f geo.Fault) string {
	word := "note"
	switch {
	case f.Mended:
		word = "mended"
	case f.Error:
		word = "error"
	}
	return fmt.Sprintf("%s %s: %s", word, f.Kind, f.Sentence())
}

// listed joins codes, leaving off what is over the limit and saying how many.
func listed[T ~string](codes []T, limit int) string {
	var b strings.Builder
	for i, code := range codes {
		if i == limit {
			fmt.Fprintf(&b, " and %d more", len(codes)-limit)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(code))
	}
	return b.String()
}
