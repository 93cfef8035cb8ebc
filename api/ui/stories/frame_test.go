package stories

import "testing"

// TestThePageOpensAndSpeaksBothLanguages: the frame that every workplace stands in.
func TestThePageOpensAndSpeaksBothLanguages(t *testing.T) {
	everyone(t, func(t *testing.T, h hands) {
		v := newDemoCity(t, "--open").visit(h, "zh-CN", "/")
		v.shows("#bar nav", "网格规划")
		v.press("#language")
		v.shows("#bar nav", "Plan areas")
		v.picture("frame")
	})
}
