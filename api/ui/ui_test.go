package ui_test

import (
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

func TestX(t *testing.T) {
	s := demoCity(t)
	p := open(t, s, "zh-CN")
	eventually(t, "tiles", func() bool { return p.tilesOf("grids") > 0 && p.tilesOf("roads") > 0 && p.tilesOf("parks") > 0 })
	eventually(t, "drawn", func() bool { return colours(p.picture(t, "start")) > 200 })
	time.Sleep(3e9)
	p.picture(t, "start")
	p.do(t, chromedp.MouseClickXY(600, 420), chromedp.WaitVisible(chromedp.CSS(".who")))
	time.Sleep(2e9)
	p.picture(t, "click")
	run(t, p, chromedp.Evaluate[string](`location.hash = "#16.2/" + location.hash.split("/").slice(1).join("/")`))
	time.Sleep(6e9)
	p.picture(t, "near")
	p.do(t, chromedp.Click(chromedp.CSS("#language")))
	chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
	time.Sleep(5e9)
	p.picture(t, "dark")
	t.Log(p.tiles)
}
