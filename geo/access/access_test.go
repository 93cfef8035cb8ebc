package access_test

import (
	"strings"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/access"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func made(t *testing.T, expires time.Time, roles ...string) (string, geo.Key) {
	t.Helper()
	token, key, err := access.New("call centre", roles, nil, noon, expires)
	if err != nil {
		t.Fatal(err)
	}
	return token, key
}

func check(token string, key geo.Key, now time.Time) error {
	_, secret, err := access.Parse(token)
	if err != nil {
		return err
	}
	return access.Verify(key, secret, now)
}

func TestAKeyOpensUntilTheMomentItExpires(t *testing.T) {
	expires := noon.Add(time.Hour)
	token, key := made(t, expires)
	if err := check(token, key, expires.Add(-time.Nanosecond)); err != nil {
		t.Errorf("just before: %v", err)
	}
	if err := check(token, key, expires); err == nil || !strings.Contains(err.Error(), "expired") {
		t.Errorf("at the moment itself: %v", err)
	}
	token, key = made(t, time.Time{})
	if err := check(token, key, noon.AddDate(100, 0, 0)); err != nil {
		t.Errorf("without expiry: %v", err)
	}
}

func TestARevokedKeyIsShut(t *testing.T) {
	token, key := made(t, time.Time{})
	key.RevokedAt = noon
	if err := check(token, key, noon); geo.KindOf(err) != geo.Unauthenticated || !strings.Contains(err.Error(), "revoked") {
		t.Error(err)
	}
}

func TestAStrangerLearnsNothingAboutAKey(t *testing.T) {
	_, key := made(t, noon.Add(time.Hour))
	key.RevokedAt = noon
	other, _ := made(t, time.Time{})
	err := check(other, key, noon.Add(2*time.Hour))
	if err == nil || err.Error() != access.Unknown().Error() {
		t.Errorf("a wrong secret got %q, a key nobody made gets %q", err, access.Unknown())
	}
}

func TestTheSecretIsInTheTokenAlone(t *testing.T) {
	token, key := made(t, time.Time{})
	id, secret, err := access.Parse(token)
	if err != nil || id != key.ID || len(secret) < 52 {
		t.Fatal(id, len(secret), err)
	}
	if strings.Contains(string(key.Hash[:]), secret) || strings.Contains(key.ID, secret) {
		t.Error("the key holds its secret")
	}
	if again, _ := made(t, time.Time{}); again == token {
		t.Error("two keys are the same")
	}
}

func TestWhatIsNoTokenIsRefusedWithoutRepeatingIt(t *testing.T) {
	for _, token := range []string{
		"", "gw_", "gw__", "gw_abc", "gw_abc_", "gw__abc", "GW_abc_def", "gw_abc_DEF", "gw_abc_de f", "gw_abc_def_ghi",
		"Bearer gw_abc_def", "gw_'; drop table keys--_x", "gw_abc_" + strings.Repeat("a", 200), "gw_键_abc",
	} {
		_, _, err := access.Parse(token)
		if geo.KindOf(err) != geo.Unauthenticated {
			t.Errorf("%q: %v", token, err)
		} else if len(token) > 7 && strings.Contains(err.Error(), token) {
			t.Errorf("the sentence repeats the token %q", token)
		}
	}
}

func TestARoleAllowsWhatItSaysAndNoMore(t *testing.T) {
	for _, c := range []struct {
		role  string
		right access.Right
		may   bool
	}{
		{access.Viewer, access.Read, true},
		{access.Viewer, access.Measure, true},
		{access.System, access.Measure, true},
		{access.System, access.Read, false},
		{access.Viewer, access.Dispatch, false},
		{access.Viewer, access.People, false},
		{access.Dispatcher, access.Dispatch, true},
		{access.Dispatcher, access.People, true},
		{access.Dispatcher, access.Plan, false},
		{access.Planner, access.Plan, true},
		{access.Planner, access.People, false},
		{access.Planner, access.Deliver, false},
		{access.Viewer, access.SeeRestricted, false},
		{access.Reporter, access.Report, true},
		{access.Reporter, access.Dispatch, false},
		{access.Reporter, access.SeeRestricted, false},
		{access.Dispatcher, access.SeeRestricted, true},
		{access.Planner, access.Publish, false},
		{access.Publisher, access.Publish, true},
		{access.Publisher, access.Plan, false},
		{access.Security, access.Keys, true},
		{access.Security, access.Read, false},
		{access.Auditor, access.Audit, true},
		{access.Auditor, access.Read, false},
		{access.Admin, access.Keys, false},
		{access.Admin, access.Audit, false},
		{access.Admin, access.Deliver, true},
		{access.Admin, access.People, true},
		{access.Admin, access.Read, true},
	} {
		_, key := made(t, time.Time{}, c.role)
		err := access.Allows(key, c.right)
		if c.may != (err == nil) || (!c.may && geo.KindOf(err) != geo.Forbidden) {
			t.Errorf("%s to %s: %v", c.role, c.right, err)
		}
	}
	if err := access.Allows(geo.Key{ID: "x"}, access.Read); err == nil || !strings.Contains(err.Error(), access.Viewer) {
		t.Errorf("a key without roles: %v", err)
	}
}

func TestAKeyThatCouldNotWorkIsNotMade(t *testing.T) {
	for name, make := range map[string]func() error{
		"blank name":   func() error { _, _, err := access.New(" ", nil, nil, noon, time.Time{}); return err },
		"unknown role": func() error { _, _, err := access.New("a", []string{"king"}, nil, noon, time.Time{}); return err },
		"past expiry":  func() error { _, _, err := access.New("a", nil, nil, noon, noon); return err },
	} {
		if err := make(); geo.KindOf(err) != geo.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNobodyKeepsTheKeysAndTheRecordOfWhatWasDoneWithThem(t *testing.T) {
	three := []string{access.System, access.Security, access.Auditor}
	all := append([]string{access.Viewer, access.Reporter, access.Dispatcher, access.Planner, access.Publisher, access.Admin}, three...)
	for _, keeper := range three {
		for _, other := range all {
			may := other == keeper || other == access.Viewer
			for _, roles := range [][]string{{keeper, other}, {other, keeper}} {
				_, _, err := access.New("one", roles, nil, noon, time.Time{})
				if may != (err == nil) || err != nil && !strings.Contains(err.Error(), keeper) {
					t.Errorf("%v: %v", roles, err)
				}
			}
		}
	}
	made(t, time.Time{}, access.Viewer, access.Reporter, access.Dispatcher, access.Planner, access.Publisher, access.Admin)
}

func TestADistrictEndsWhereItsCodeEnds(t *testing.T) {
	scope := []geo.AreaCode{"330102", "330105003"}
	for _, c := range []struct {
		codes []geo.AreaCode
		in    bool
	}{
		{[]geo.AreaCode{"330102"}, true},
		{[]geo.AreaCode{"33010200100105"}, true},
		{[]geo.AreaCode{"330105003007"}, true},
		{[]geo.AreaCode{"330105"}, false},
		{[]geo.AreaCode{"330105004"}, false},
		{[]geo.AreaCode{"33010"}, false},
		{[]geo.AreaCode{"T17"}, false},
		{[]geo.AreaCode{"T17", "B3", "330102"}, true},
		{[]geo.AreaCode{""}, false},
	} {
		if access.InScope(scope, c.codes[0], c.codes[1:]...) != c.in {
			t.Errorf("%v in %v: not %v", c.codes, scope, c.in)
		}
		if !access.InScope(nil, c.codes[0], c.codes[1:]...) {
			t.Errorf("%v is not everywhere", c.codes)
		}
	}
	if access.InScope([]geo.AreaCode{""}, "330102") {
		t.Error("an empty code is everywhere")
	}
}

func FuzzParseNeverPanicsAndNeverInventsAnID(f *testing.F) {
	f.Add("gw_abc_def")
	f.Add("gw__")
	f.Fuzz(func(t *testing.T, token string) {
		id, secret, err := access.Parse(token)
		if err == nil && "gw_"+id+"_"+secret != token {
			t.Errorf("%q came back as %q and %q", token, id, secret)
		}
	})
}
