package stories

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// TestOneBoxFindsWhatPeopleWrite: a code, a part of a name, an asset, a category and
// coordinates in the ways they are written; and who is sent the address sees the same.
func TestOneBoxFindsWhatPeopleWrite(t *testing.T) {
	everyone(t, func(t *testing.T, h hands) {
		c := newDemoCity(t)
		community, asset, lon, lat := c.someCommunity(), "", 0.0, 0.0
		c.someAsset(&asset, &lon, &lat)
		v := c.visit(h, "zh-CN", "/#/call")
		leadsTo := func(text, kind, part string) {
			t.Helper()
			v.write("#find", text)
			v.shows("#found [role=option][data-kind="+kind+"]", "")
			v.keys(kb.Enter)
			v.eventually(fmt.Sprintf("%q leads to %q", text, part), func() bool { return strings.Contains(v.address(), part) })
		}
		leadsTo(community.code, "area", "area=communities/"+community.code)
		v.picture("area")
		leadsTo(asset, "asset", ","+asset+",")
		leadsTo("井盖", "category", "about=")
		at := "at=" + strings.TrimRight(fmt.Sprintf("%.5f", lon), "0")
		leadsTo(fmt.Sprintf("%.5f, %.5f", lat, lon), "point", at) // the other way round
		leadsTo(degreesMinutes(lat, "N")+" "+degreesMinutes(lon, "E"), "point", at[:len("at=120.199")])
		v.write("#find", fmt.Sprintf("%.5f, %.5f", lon, lat))
		v.shows("#found[aria-busy=false] [data-kind=point]", "GCJ-02")
		v.keys(kb.ArrowDown, kb.Enter) // the one read as GCJ-02 lies half a kilometre off
		v.eventually("the second is taken", func() bool { return !strings.Contains(v.address(), at) })

		name := []rune(community.name)
		leadsTo(string(name[1:]), "area", "area=communities/"+community.code)
		sent := v.address()
		v.goTo("/?sent" + js[string](v, "location.hash"))
		v.shows("#panel", community.name)
		v.eventually("whoever is sent the address sees the same", func() bool { return v.address() == sent })
	})
}

func degreesMinutes(degrees float64, hemisphere string) string {
	whole := int(degrees)
	return fmt.Sprintf("%d°%.4f′%s", whole, (degrees-float64(whole))*60, hemisphere)
}

type named struct{ code, name string }

// someCommunity is one of the communities of the city.
func (c *city) someCommunity() named {
	c.Helper()
	var page struct {
		Features []struct {
			Properties struct{ Code, Name string }
		}
	}
	c.ask("GET", "/v1/layers/communities/areas?limit=1", nil, 200, &page)
	p := page.Features[0].Properties
	return named{p.Code, p.Name}
}

// someAsset tells where an asset of the city is.
func (c *city) someAsset(id *string, lon, lat *float64) {
	c.Helper()
	var page struct {
		Features []struct {
			ID       string
			Geometry struct{ Coordinates [2]float64 }
		}
	}
	c.ask("GET", "/v1/assets?limit=1", nil, 200, &page)
	f := page.Features[0]
	*id, *lon, *lat = f.ID, f.Geometry.Coordinates[0], f.Geometry.Coordinates[1]
}

// address is what the page's address says.
func (v *visitor) address() string {
	v.Helper()
	return js[string](v, "decodeURIComponent(decodeURIComponent(location.hash))")
}
