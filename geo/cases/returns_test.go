package cases_test

import (
	"slices"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/cases"
)

func TestWhatWasReturnedTwiceIsNeverRoutedByItself(t *testing.T) {
	t.Parallel()
	asked, granted, refused, ruled := geo.Return{State: geo.Asked, Department: "c"}, geo.Return{State: geo.Granted, Department: "b"},
		geo.Return{State: geo.Refused, Department: "x"}, geo.Return{State: geo.RuledUpon, Department: "a"}
	for _, c := range []struct {
		policy  cases.ReturnPolicy
		returns []geo.Return
		want    bool
	}{
		{cases.Review, []geo.Return{asked}, false},
		{cases.Automatic, []geo.Return{asked}, true},
		{cases.Automatic, []geo.Return{refused, asked}, true},
		{cases.Automatic, []geo.Return{granted, asked}, false},
		{cases.Automatic, []geo.Return{ruled, asked}, false},
	} {
		if got := cases.MayRouteItself(c.policy, c.returns); got != c.want {
			t.Errorf("%s, %+v: %v", c.policy, c.returns, got)
		}
		if got := cases.Bounced(c.returns); c.policy == cases.Automatic && got == c.want {
			t.Errorf("%+v: bounced %v", c.returns, got)
		}
	}
	got := cases.Without([]geo.Return{granted, asked, ruled, refused, granted})
	if want := []geo.DepartmentCode{"a", "b"}; !slices.Equal(got, want) {
		t.Errorf("without %v, want %v", got, want)
	}
}

func TestTheReturnPolicyIsReadAsWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]cases.ReturnPolicy{"": cases.Review, "review": cases.Review, "automatic": cases.Automatic} {
		if got, err := cases.ParseReturnPolicy(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	if _, err := cases.ParseReturnPolicy("auto"); geo.KindOf(err) != geo.Invalid {
		t.Error(err)
	}
}
