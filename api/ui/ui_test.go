package ui_test

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"gridwarden/geo"
)

func TestX(t *testing.T) {
	s := demoCity(t)
	p := open(t, s, "zh-CN")
	eventually(t, "tiles", func() bool { return p.tilesOf("grids") > 0 && p.tilesOf("roads") > 0 && p.tilesOf("parks") > 0 })
	eventually(t, "drawn", func() bool { return colours(p.picture(t, "start")) > 200 })
	p.do(t, chromedp.Sleep(3e9))
	p.picture(t, "start")
	p.do(t, chromedp.MouseClickXY(600, 420), chromedp.WaitVisible(".who"), chromedp.Sleep(2e9))
	p.picture(t, "click")
	p.do(t, chromedp.Evaluate(`location.hash = "#16.2/" + location.hash.split("/").slice(1).join("/")`, nil), chromedp.Sleep(6e9))
	p.picture(t, "near")
	p.do(t, chromedp.Click("#language"), emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}), chromedp.Sleep(5e9))
	p.picture(t, "dark")
	_ = geo.Both
}
