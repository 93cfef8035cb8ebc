package postgis_test

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"gridwarden/geo"
	"gridwarden/geo/postgis"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/geo/testsize"
)

// thread is a way to the database that tears after so many messages.
type thread struct {
	url  string
	left atomic.Int64 // messages it still carries
	last atomic.Bool  // whether the one it tears at gets there, and only the answer does not
}

// newThread listens beside nothing else for connections to the database at url.
func newThread(t *testing.T, to string) *thread {
	t.Helper()
	config, err := pgx.ParseConfig(to)
	check(t, err)
	dir := t.TempDir()
	listener, err := net.Listen("unix", filepath.Join(dir, fmt.Sprint(".s.PGSQL.", config.Port)))
	check(t, err)
	t.Cleanup(func() { listener.Close() })
	at, err := url.Parse(to)
	check(t, err)
	query := at.Query()
	query.Set("host", dir)
	query.Set("port", fmt.Sprint(config.Port))
	query.Set("application_name", "torn")
	at.Host, at.RawQuery = "", query.Encode()
	h := &thread{url: at.String()}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go h.carry(client, config)
		}
	}()
	return h
}

func (h *thread) carry(client net.Conn, config *pgx.ConnConfig) {
	defer client.Close()
	network, address := pgconn.NetworkAddress(config.Host, config.Port)
	server, err := net.Dial(network, address)
	if err != nil {
		return
	}
	defer server.Close()
	go io.Copy(client, server) //nolint:errcheck // ends with either
	buffer := make([]byte, 1<<16)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		torn := h.left.Add(-1) < 0
		if torn && h.last.Load() {
			client.Close() //nolint:errcheck // no answer gets back
		}
		if torn && !h.last.Load() {
			return
		}
		if _, err := server.Write(buffer[:n]); err != nil || torn {
			return
		}
	}
}

// tornSQL counts what each publication adds one of, and what there is always as much of.
const tornSQL = `
SELECT ARRAY[
	(SELECT max(number) FROM editions) - 1, (SELECT count(*) FROM editions) - 1, (SELECT sequence FROM state) - 2, (SELECT count(*) FROM changes) - 2,
	(SELECT count(*) FROM areas) - 2, (SELECT count(*) FROM areas WHERE ended IS NOT NULL), (SELECT count(*) FROM areas WHERE until_edition IS NOT NULL),
	(SELECT count(*) FROM past_layers), (SELECT count(*) FROM duty_rows), (SELECT count(*) FROM lineage), (SELECT count(*) FROM drafts WHERE state = 'published'),
	(SELECT count(*) FROM editions WHERE areas_begun = 1 AND areas_ended = 1), (SELECT count(*) FROM audit_log WHERE action = 'publish') - 1]`

// whole counts the publications in the database, and fails where only a part of one is.
func whole(t *testing.T, conn *pgx.Conn) int64 {
	t.Helper()
	var counts []int64
	check(t, conn.QueryRow(t.Context(), tornSQL).Scan(&counts))
	if slices.Min(counts) != slices.Max(counts) {
		t.Fatalf("a part of a publication is there: %v", counts)
	}
	return counts[0]
}

// alone waits until the torn connections have ended at the server.
func alone(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	for count(t, conn, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'torn'") > 0 {
		time.Sleep(time.Millisecond)
	}
}

// everything is a publication that writes to every table that one can.
func everything(t *testing.T, store *postgis.Store, n int) *geo.Publication {
	t.Helper()
	base, err := store.Base(t.Context(), "grids")
	check(t, err)
	d, err := store.CreateDraft(t.Context(), geo.Draft{ID: geo.DraftID(fmt.Sprint("d", n)), Base: base.Edition})
	check(t, err)
	layer := grids
	layer.Title = strconv.Itoa(n)
	return &geo.Publication{
		Base: base.Edition, Draft: d.ID, DraftVersion: d.Version, Layers: []geo.Layer{layer},
		Ended: []geo.AreaID{base.Areas[0].ID}, Areas: []*geo.Area{square("grids", "A", 0, int32(1+n%9))},
		Duty:    geo.DutyTables{Rules: []geo.DutyRow{{ID: "r", Priority: n, Assign: "fallback"}}},
		Lineage: []geo.Descent{{Layer: "grids", From: "A", To: "A", SquareMetres: 1, ShareFrom: 1, ShareTo: 1}},
	}
}

// TestAPublicationTornAnywhereLeavesTheOldEditionOrTheNew cuts the connection at every
// message of a publication, before it arrives and before it is answered.
func TestAPublicationTornAnywhereLeavesTheOldEditionOrTheNew(t *testing.T) {
	t.Parallel()
	at := pgtest.New(t)
	store, conn := openAt(t, at), dial(t, at)
	publish(t, store, geo.Publication{Layers: []geo.Layer{grids}, Areas: []*geo.Area{square("grids", "A", 0, 0), square("grids", "B", 1, 0)}})
	way := newThread(t, at)
	was, kept, draft, through := whole(t, conn), 0, 0, false
	for n := 0; !through; n += testsize.N(3, 1) {
		for _, last := range []bool{true, false} {
			p := everything(t, store, draft)
			draft++
			way.last.Store(last)
			way.left.Store(int64(n))
			err := tear(t, way, p)
			alone(t, conn)
			is := whole(t, conn)
			switch {
			case err == nil && is != was+1, is < was || is > was+1:
				t.Fatalf("torn at message %d, %d publications became %d, told %v", n, was, is, err)
			case is == was:
				kept++
			}
			was, through = is, err == nil
		}
	}
	t.Logf("%d times the old edition, %d times the new", kept, was)
	if kept < 10 {
		t.Errorf("only %d were torn before the end", kept)
	}
}

func tear(t *testing.T, way *thread, p *geo.Publication) error {
	t.Helper()
	store, err := postgis.Open(t.Context(), way.url, slog.New(slog.DiscardHandler))
	check(t, err)
	defer store.Close()
	_, _, err = store.Publish(t.Context(), p)
	return err
}
