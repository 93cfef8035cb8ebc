package main

import (
	"context"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/access"
)

// auditVerify works out the whole chain of the audit log again. Who rewrote all of it from
// some line on would have made another sound chain: a line noted down elsewhere tells.
func auditVerify(ctx context.Context, c *call) error {
	noted := c.flags.String("noted", "", "a line that was noted down before, as `NUMBER:HASH`, and must still be the same")
	if err := c.parseAlone(); err != nil {
		return err
	}
	number, hash, err := parseNoted(*noted)
	if err != nil {
		return err
	}
	store, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	var chain access.Chain
	found := *noted == ""
	p := c.counter("reading the audit log", "lines")
	head, err := store.EachDeed(ctx, func(d geo.Deed) error {
		p.add(1)
		if d.Number == number {
			if found = d.Hash == hash; !found {
				return geo.Errorf(geo.Faulty, "line %d of the audit log is not the one that was noted: the log was rewritten", number)
			}
		}
		return chain.Add(&d)
	})
	p.done()
	if err != nil {
		return err
	}
	last, err := chain.End(&head)
	if err == nil && !found {
		err = geo.Errorf(geo.Faulty, "the audit log ends with line %d and has no line %d, which was noted: its end was cut off", last.Number, number)
	}
	if err != nil {
		return err
	}
	if last.Number == 0 {
		fmt.Fprintln(c.out, "the audit log is empty")
		return nil
	}
	fmt.Fprintf(c.out, "the audit log is sound: %s; note down elsewhere %d:%x\n", counted(int(last.Number), "line", "lines"), last.Number, last.Hash)
	return nil
}

// parseNoted reads --noted.
func parseNoted(text string) (number int64, hash [32]byte, err error) {
	if text == "" {
		return 0, hash, nil
	}
	n, digits, _ := strings.Cut(text, ":")
	number, err = strconv.ParseInt(n, 10, 64)
	sum, wrong := hex.DecodeString(digits)
	if err != nil || wrong != nil || number < 1 || len(sum) != len(hash) {
		return 0, hash, usagef("--noted is NUMBER:HASH as gridwarden audit verify said, not %q", text)
	}
	return number, [32]byte(sum), nil
}

// auditExport writes the audit log into a file, which is a bulk export too: its own line is
// the next one.
func auditExport(ctx context.Context, c *call) error {
	format := c.flags.String("format", "ndjson", "ndjson or csv")
	if err := c.parse(); err != nil {
		return err
	}
	if len(c.args) != 1 {
		return usagef("name the one file to write, or - for standard output; see gridwarden audit export -h")
	}
	if *format != "ndjson" && *format != "csv" {
		return usagef("--format is ndjson or csv, not %q", *format)
	}
	store, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	out, err := newOutput(c.args[0], c.out)
	if err != nil {
		return err
	}
	defer out.discard()
	rows := newDeedRows(out, *format)
	p := c.counter("writing the audit log", "lines")
	head, err := store.EachDeed(ctx, func(d geo.Deed) error {
		p.add(1)
		return unwritable(rows.write(&d))
	})
	p.done()
	if err == nil {
		err = unwritable(rows.flush())
	}
	if err != nil {
		return err
	}
	if err := store.Did(ctx, "export audit log", "", map[string]any{"lines": head.Number, "format": *format}); err != nil {
		return err
	}
	if err := out.keep(); err != nil {
		return err
	}
	fmt.Fprintf(c.err, "wrote %s\n", counted(int(head.Number), "line", "lines"))
	return nil
}

// deedRows writes lines of the log.
type deedRows struct {
	json *json.Encoder
	csv  *csv.Writer
}

func newDeedRows(to io.Writer, format string) *deedRows {
	if format == "ndjson" {
		return &deedRows{json: json.NewEncoder(to)}
	}
	w := csv.NewWriter(to)
	_ = w.Write([]string{"number", "at", "actor", "key", "origin", "action", "subject", "before", "after", "previous", "hash"}) // told by Flush
	return &deedRows{csv: w}
}

func (w *deedRows) write(d *geo.Deed) error {
	r := d.Record()
	if w.json != nil {
		return w.json.Encode(r)
	}
	return w.csv.Write([]string{strconv.FormatInt(r.Number, 10), r.At, r.Actor, r.Key, r.Origin, r.Action, r.Subject, string(r.Before), string(r.After), r.Previous, r.Hash})
}

func (w *deedRows) flush() error {
	if w.csv == nil {
		return nil
	}
	w.csv.Flush()
	return w.csv.Error()
}
