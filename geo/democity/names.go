package democity

import "math/rand/v2"

// cityName and districtNames are invented.
const cityName = "云川市"

var districtNames = [mostDistricts]string{
	"云栖", "星澜", "梧川", "墨池", "听潮", "锦岚", "鹤鸣", "晴屿", "松涛", "月湾", "竹影", "霁明",
}

// names gives each place a name of its own: two characters put together in an order that
// looks random, and when those are used up a point of the compass before them.
type names struct {
	words []string
	used  int
}

func newNames() *names {
	n := &names{}
	for _, a := range "云梧青望临锦清永和新安景文华春秋松竹梅兰桂柳枫杏" {
		for _, b := range "栖桐溪湖山园庭桥泉里亭塘洲岸坪林苑台沙岭湾渡堤阁" {
			n.words = append(n.words, string(a)+string(b))
		}
	}
	r := rand.New(rand.NewPCG(seed, ofNames))
	r.Shuffle(len(n.words), func(i, j int) { n.words[i], n.words[j] = n.words[j], n.words[i] })
	return n
}

func (n *names) next(suffix string) string {
	word := n.words[n.used%len(n.words)]
	for round := n.used / len(n.words); round > 0; round /= 9 {
		word = string([]rune("东南西北中上下前后")[round%9]) + word
	}
	n.used++
	return word + suffix
}
