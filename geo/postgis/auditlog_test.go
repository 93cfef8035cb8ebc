package postgis_test

import (
	"strings"
	"sync"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/postgis"
)

// wrote is the whole audit log, each line of which must have the hash it should.
func wrote(t *testing.T, s *postgis.Store) (deeds []geo.Deed) {
	t.Helper()
	previous := [32]byte{}
	head, err := s.EachDeed(t.Context(), func(d geo.Deed) error {
		if d.Number != int64(len(deeds)+1) || d.Previous != previous || d.Hash != d.Sum() {
			t.Errorf("the chain breaks at %+v", d)
		}
		previous = d.Hash
		deeds = append(deeds, d)
		return nil
	})
	if err != nil || head.Number != int64(len(deeds)) || head.Hash != previous {
		t.Fatal(head, err)
	}
	return deeds
}

func TestTheLogHoldsWhatWasDoneToTheLetter(t *testing.T) {
	s, _ := open(t)
	ctx := geo.By(t.Context(), geo.Actor{Name: "陈静", Key: "abc", From: "10.0.0.1"})
	text := "引号\" 反斜杠\\ 换行\n <&> \u2028 \U0001F600"
	for range 3 {
		if err := s.Did(ctx, "export tiles", text, map[string]any{"文件": text, "rows": 3.5e10}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Did(t.Context(), "export tiles", "", nil); err != nil {
		t.Fatal(err)
	}
	deeds := wrote(t, s)
	if d := deeds[0]; len(deeds) != 4 || d.Actor != "陈静" || d.Key != "abc" || d.From != "10.0.0.1" || d.Subject != text || d.Before != nil || !strings.Contains(string(d.After), "文件") {
		t.Errorf("%d, %+v", len(deeds), d)
	}
	page, err := s.Deeds(t.Context(), 1, 2)
	if err != nil || len(page) != 2 || page[0].Number != 2 || page[1].Hash != deeds[2].Hash {
		t.Error(page, err)
	}
}

func TestNobodyRewritesTheLog(t *testing.T) {
	s, conn := open(t)
	if err := s.Did(t.Context(), "export tiles", "a", nil); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		"UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log", "DELETE FROM audit_log WHERE number = 7",
		"UPDATE audit_head SET number = 0", "DELETE FROM audit_head", "TRUNCATE audit_head",
	} {
		if _, err := conn.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "only grows") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if _, err := conn.Exec(t.Context(), "INSERT INTO audit_log (number, at, actor, key, origin, action, subject, previous, hash) VALUES (1, '2000-01-01', '', '', '', 'forged', '', '', '')"); err != nil {
		t.Fatal(err)
	}
	if deeds := wrote(t, s); len(deeds) != 2 || deeds[1].Number != 2 || deeds[1].At.Year() == 2000 {
		t.Error(deeds)
	}
}

func TestManyWhoWriteAtOnceMakeOneChain(t *testing.T) {
	s, _ := open(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 10 {
				if err := s.Did(t.Context(), "export tiles", "", nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if n := len(wrote(t, s)); n != 80 {
		t.Error(n)
	}
}
