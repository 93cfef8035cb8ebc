package geo

// CategoryKind separates things that stand from things that happen. The two share codes
// in GB/T 47678.5: 01001 is a water-supply manhole cover and also the matter of one being
// broken.
type CategoryKind string

const (
	Component CategoryKind = "component" // 管理部件
	Matter    CategoryKind = "matter"    // 管理事项, formerly 事件
)

// CategoryKey identifies a category. Codes differ between generations of the standards,
// so none stands alone.
type CategoryKey struct {
	Standard string
	Kind     CategoryKind
	Code     string
}

// Category is a kind of asset or matter (小类), or a class of them (大类).
type Category struct {
	CategoryKey
	Name       string
	NameEN     string
	Parent     string // the code of its class, empty for a class
	Family     string // joins kinds citizens cannot tell apart: 井盖
	Source     string // where the code was read
	Confidence string // how sure that is
	Visibility Visibility
}
