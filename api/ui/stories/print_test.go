package stories

import (
	"bytes"
	"encoding/csv"
	"image"
	_ "image/png" // the picture of a map is decoded
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"gridwarden/geo/realdata"
)

// TestASheetForTheWall: from the card of a community one comes to its sheet, and takes it as
// a PDF, as a picture and its assets as a list.
func TestASheetForTheWall(t *testing.T) {
	everyone(t, func(t *testing.T, h hands) {
		c := newDemoCity(t)
		community := c.someCommunity()
		v := c.visit(h, "zh-CN", "/#/call?area=communities/"+community.code)
		v.shows("#area h2", community.name)
		v.toSheet()
		v.isSheet(community.name, "柳桐社区", "部件分类统计", "行道树", "相邻区域", "下辖单元网格")
		v.picture("sheet")
		v.axe("sheet")

		rows := v.list("#csv")
		if want := []string{"标识", "标准", "类别代码", "类别"}; !slices.Equal(rows[0][:4], want) {
			t.Errorf("the list begins with %q, want %q", rows[0][:4], want)
		}
		if n := c.assetsWithin("communities/"+community.code, c.edition()); len(rows)-1 != n {
			t.Errorf("the list has %d assets of %d", len(rows)-1, n)
		}
		v.isPicture(v.saved("#png"))
	})
}

// TestHangzhouOnTheWall prints a community of real borders: several parts, and real facilities.
// In one browser, first by its address and the mouse, then found and printed by the keyboard.
func TestHangzhouOnTheWall(t *testing.T) {
	t.Parallel()
	c := newHangzhou(t)
	v := c.visit(mouse, "zh-CN", "/#/call?area=communities/SQ-3")
	prints := func() {
		t.Helper()
		v.shows("#area h2", "华丰社区")
		v.picture("card")
		v.toSheet()
		v.isSheet("华丰社区", "SQ-3", "石桥街道", "公共厕所", "自行车租赁点", "天堂园社区", "SQ-3-6")
		v.picture("sheet")
	}
	prints()
	v.hands = keyboard
	v.goTo("/#/call")
	v.find("华丰社区")
	prints()
}

// newHangzhou serves a real district: streets, communities and facilities.
func newHangzhou(t *testing.T) *city {
	t.Helper()
	c := newEmptyCity(t)
	c.must("import", "areas", "--layer", "streets", "--title", "街道", "--code", "街道编码", "--name", "街道", realdata.Path(t, "cn-hangzhou-xiacheng/streets.geojson"))
	c.must("import", "areas", "--layer", "communities", "--parent", "streets", "--parent-code", "街道编码", "--title", "社区", "--code", "社区编码", "--name", "社区",
		realdata.Path(t, "cn-hangzhou-xiacheng/communities.geojson"))
	c.must("import", "areas", "--layer", "grids", "--parent", "communities", "--title", "基础网格", "--code", "网格编号", "--name", "所属组织", "--repair",
		realdata.Path(t, "cn-hangzhou-xiacheng/grids.geojson"))
	c.must("import", "assets", "--category", "类别", facilities(t))
	return c
}

// facilities are those of the district with the codes of the standard for their kinds.
func facilities(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(realdata.Path(t, "cn-hangzhou-xiacheng/facilities.geojson"))
	if err != nil {
		t.Fatal(err)
	}
	coded := strings.NewReplacer("公共厕所", "03001", "公交站点", "02004", "公共自行车租赁点", "02026").Replace(string(text))
	path := filepath.Join(t.TempDir(), "facilities.geojson")
	if err := os.WriteFile(path, []byte(coded), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// toSheet follows the link of the card to the sheet, in the window there is: it would open
// one of its own.
func (v *visitor) toSheet() {
	v.Helper()
	v.do(chromedp.WaitVisible(chromedp.CSS("#print")))
	if v.hands == keyboard {
		v.tabTo("#print")
	}
	v.do(chromedp.Navigate(v.city.url+"/"+v.attribute("#print", "href")), chromedp.WaitVisible(chromedp.CSS("#sheet")))
}

// isSheet waits for the sheet, prints it and looks for texts in the PDF.
func (v *visitor) isSheet(texts ...string) {
	v.Helper()
	v.eventually("the sheet is whole", func() bool { return js[bool](v, `document.querySelector("#sheet")?.ariaBusy === "false"`) })
	asTheSheetSays := true
	printed, err := chromedp.Call(v.ctx, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &asTheSheetSays})
	if err != nil {
		v.Fatal(err)
	}
	text := strings.Join(strings.Fields(v.pdfText(printed.Data)), " ")
	for _, want := range texts {
		if !strings.Contains(text, want) {
			v.Errorf("the PDF does not say %q but %q", want, text)
		}
	}
}

// pdfText is what a PDF says, by pdftotext.
func (v *visitor) pdfText(pdf []byte) string {
	v.Helper()
	pdftotext, err := exec.LookPath("pdftotext")
	if err != nil {
		v.Skip("there is no pdftotext: apt-get install poppler-utils")
	}
	path := filepath.Join(v.TempDir(), "sheet.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		v.Fatal(err)
	}
	text, err := exec.Command(pdftotext, "-layout", path, "-").Output()
	if err != nil {
		v.Fatal(err)
	}
	return string(text)
}

// saved presses a button and gives the file that comes of it.
func (v *visitor) saved(button string) []byte {
	v.Helper()
	dir := v.TempDir()
	if _, err := chromedp.Call(v.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir}); err != nil {
		v.Fatal(err)
	}
	v.press(button)
	var found []string
	v.eventually("a file is saved by "+button, func() bool {
		found, _ = filepath.Glob(filepath.Join(dir, "*"))
		return len(found) == 1 && !strings.HasSuffix(found[0], ".crdownload")
	})
	content, err := os.ReadFile(found[0])
	if err != nil {
		v.Fatal(err)
	}
	return content
}

// list saves a list and reads it as Excel does: with the byte order mark, without which it
// would take the text for something else.
func (v *visitor) list(button string) [][]string {
	v.Helper()
	text, marked := bytes.CutPrefix(v.saved(button), []byte("\uFEFF"))
	if !marked || !bytes.Contains(text, []byte("\r\n")) {
		v.Errorf("Excel would misread %.60q", text)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		v.Fatal(err)
	}
	return rows
}

// isPicture checks that a PNG is fine enough for a wall and not of one colour.
func (v *visitor) isPicture(content []byte) {
	v.Helper()
	picture, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		v.Fatal(err)
	}
	seen := map[[3]uint32]bool{}
	size := picture.Bounds()
	for x := size.Min.X; x < size.Max.X; x += 3 {
		r, g, b, _ := picture.At(x, size.Min.Y+size.Dy()/2).RGBA()
		seen[[3]uint32{r, g, b}] = true
	}
	if size.Dx() < 3000 || len(seen) < 20 {
		v.Errorf("the picture of %v has %d colours across its middle", size, len(seen))
	}
}
