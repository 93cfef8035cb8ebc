package stories

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestThePageOpensAndSpeaksBothLanguages: the frame that every workplace stands in. The
// address holds the view, back goes to the workplace before, and a place is taken without
// a mouse.
func TestThePageOpensAndSpeaksBothLanguages(t *testing.T) {
	everyone(t, func(t *testing.T, h hands) {
		provider, asked := newProvider(t)
		v := newDemoCity(t, "--basemap", provider, "--basemap-attribution", "© <b>某地图</b>").visit(h, "zh-CN", "/")
		v.shows("#bar nav", "网格规划")
		v.drawn()
		v.eventually("the base map is drawn beneath, and says whose it is", func() bool {
			return asked.Load() > 0 && strings.Contains(js[string](v, `document.querySelector(".maplibregl-ctrl-attrib").textContent`), "<b>某地图</b>")
		})
		v.picture("frame")
		v.press("#language")
		v.shows("#bar nav", "Plan areas")
		v.press("[data-workplace=plan]")
		v.press("[data-workplace=duty]")
		v.eventually("the address names the workplace", func() bool { return strings.HasPrefix(v.address(), "#/duty?") && strings.Contains(v.address(), "map=") })
		js[any](v, "history.back()")
		v.shows("[aria-current=page]", "Plan areas")
		js[any](v, "history.back()")
		v.shows("#panel h2", "Who is responsible here?")

		v.tabTo("#map canvas")
		v.picture("aim")
		v.keys(kb.ArrowRight, kb.Enter)
		v.eventually("the middle of the map is taken", func() bool { return strings.Contains(v.address(), "at=") })

		js[any](v, `void document.fonts.load("16px 'Noto Sans SC'", "网格")`)
		v.eventually("there is a Chinese font for machines that have none", func() bool {
			return js[bool](v, `[...document.fonts].some(face => face.status === "loaded")`)
		})
		v.likes("dark")
		v.do(chromedp.EmulateViewport(360, 740))
		v.picture("telephone")
		if wide := js[int](v, "document.documentElement.scrollWidth"); wide > 360 {
			t.Errorf("on a telephone 360 pixels wide the page is %d wide", wide)
		}
		v.axe("the frame on a telephone, in the dark")
	})
}

// drawn waits until the map shows all there is in view.
func (v *visitor) drawn() {
	v.Helper()
	v.eventually("the map is drawn", func() bool { return js[bool](v, `performance.getEntriesByName("map drawn").length > 0`) })
}

// newProvider is somebody who draws maps of the world, all in one colour, and how often they
// were asked for a tile.
func newProvider(t *testing.T) (address string, asked *atomic.Int64) {
	t.Helper()
	sheet := image.NewRGBA(image.Rect(0, 0, 256, 256))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.RGBA{0xcf, 0xe3, 0xd4, 0xff}), image.Point{}, draw.Src)
	asked = &atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "image/png")
		_ = png.Encode(w, sheet)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/{z}/{x}/{y}", asked
}
