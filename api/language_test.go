package api_test

import (
	"strings"
	"testing"
	"unicode"
)

// TestARefusalIsToldInTheReadersLanguage asks for refusals of every sort in both languages:
// the Chinese one says the same to a clerk, the English one is what a reader gets who asks
// for no language.
func TestARefusalIsToldInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	for _, c := range []struct{ method, path, body, says string }{
		{"GET", "/v1/nowhere", "", "没有 /v1/nowhere 这一地址"},
		{"DELETE", "/v1/layers", "", "此地址不接受 DELETE"},
		{"GET", "/v1/locate?lon=120.17", "", "缺少 lat，请以度为单位给出，例如 lat=30.28"},
		{"GET", "/v1/locate?lon=30.28&lat=120.17", "", "经纬度可能写反了"},
		{"GET", "/v1/locate?lon=1&lat=1&crs=EPSG:x", "", "不认识坐标系 \"EPSG:x\""},
		{"GET", "/v1/layers/grids/areas/nobody", "", "图层 grids 中没有区域 \"nobody\"，全部区域见 /v1/layers/grids/areas"},
		{"GET", "/v1/reports?category=a", "", "请写成 kind/code"},
		{"GET", "/tiles/grids/3/9/9.mvt", "", "超出范围：第 3 级的列为 0 至 7"},
		{"GET", "/tiles/grids/3/1/1.mvt?filter=x", "", "筛选条件第"},
		{"POST", "/v1/route", `{"lon":1,"lat":2,"wrong":3}`, "没有字段 \"wrong\""},
		{"POST", "/v1/route", `{"lon":1`, "JSON 不完整"},
		{"GET", "/v1/reports/none", "", "没有编号为 none 的上报"},
		{"PUT", "/v1/rules/R1", `{"assign":"department:D3","helpers":["a",1]}`, "helpers 应为文字"},
		{"DELETE", "/v1/rules/R1", "", "没有 \"R1\" 这一行"},
	} {
		headers := []string{"Content-Type", "application/json"}
		english := d.do(t, c.method, c.path, c.body, headers...)
		chinese := d.do(t, c.method, c.path, c.body, append(headers, "Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8")...)
		if english.status < 400 || chinese.status != english.status {
			t.Errorf("%s %s: %d, in Chinese %d", c.method, c.path, english.status, chinese.status)
			continue
		}
		if says := chinese.detail(t); !strings.Contains(says, c.says) || chinese.header.Get("Content-Language") != "zh" {
			t.Errorf("%s %s says %q in %q", c.method, c.path, says, chinese.header.Get("Content-Language"))
		}
		if says := english.detail(t); strings.ContainsFunc(says, isHan) || english.header.Get("Content-Language") != "en" {
			t.Errorf("%s %s says %q in %q", c.method, c.path, says, english.header.Get("Content-Language"))
		}
		if vary := strings.Join(chinese.header.Values("Vary"), ", "); !strings.Contains(vary, "Accept-Language") {
			t.Errorf("%s %s varies by %q", c.method, c.path, vary)
		}
	}
}

func TestAWrongLineIsToldInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	for _, c := range []struct{ path, contentType, body, says string }{
		{"/v1/locate", ndjson, `{"lon":30.28,"lat":120.17}`, "经纬度可能写反了"},
		{"/v1/locate", "text/csv", "lon,lat\nx,1\n", "不是坐标，请填写数字"},
		{"/v1/route", ndjson, `{"wrong":1}`, `没有字段 \"wrong\"`},
		{"/v1/events", ndjson, `{"kind":"filed","report":"none"}`, "“立案”缺少时间"},
		{"/v1/rules?dry_run=1", "application/json", `{"rows":[{"id":"a","assign":"fallback"}],"ended":["none"]}`, "没有这一责任行，无从终止"},
	} {
		if got := d.post(t, c.path, c.body, "Content-Type", c.contentType, "Accept-Language", "zh"); got.status != 200 || !strings.Contains(got.body, c.says) {
			t.Errorf("%s: %d %s", c.path, got.status, got.body)
		}
		if got := d.post(t, c.path, c.body, "Content-Type", c.contentType); strings.ContainsFunc(got.body, isHan) {
			t.Errorf("%s, asked in no language: %s", c.path, got.body)
		}
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }
