package ingest

// role is what a field means for an asset.
type role int

const (
	roleID role = iota
	roleCategory
	roleName
	roleAuthority
	roleOwner
	roleMaintainer
	roleState
	roleGrid
	roles
)

// usualNames are the fields that have a role without being named: plain ones, then those of
// the standards, the better first. Bodies have a code and a name; the name serves where the
// code is blank. An id and a grid have no plain names: too many files mean other things.
func usualNames(r role) []string {
	return [roles][]string{
		roleID:         {"GLBJBSM", "ObjID", "ObjCode", "管理部件标识码", "标识码"},
		roleName:       {"name", "名称", "GLBJMC", "ObjName", "管理部件名称"},
		roleAuthority:  {"authority", "主管部门", "ZGBMDM", "DeptCode1", "主管部门代码", "ZGBMMC", "DeptName1", "主管部门名称"},
		roleOwner:      {"owner", "权属单位", "QSDWDM", "DeptCode2", "权属单位代码", "QSDWMC", "DeptName2", "权属单位名称"},
		roleMaintainer: {"maintainer", "养护单位", "YHDWDM", "DeptCode3", "养护单位代码", "YHDWMC", "DeptName3", "养护单位名称"},
		roleState:      {"state", "状态", "GLBJZT", "ObjState", "管理部件状态"},
		roleGrid:       {"SZDYWGBSM", "BGID", "BGCode", "所在单元网格标识码"},
	}[r]
}

// assetFile is what is known of the file being read.
type assetFile struct {
	options AssetOptions
	named   [roles]string   // the fields the caller names
	fields  [roles][]string // the fields that have a role here, the better first
	columns [roles]column
	schema  *schema
	known   int // names the roles were settled by
	begun   bool
}

func newAssetFile(o AssetOptions) *assetFile {
	f := &assetFile{options: o, schema: newSchema()}
	f.named = [roles]string{
		roleID: o.ID, roleName: o.Name, roleAuthority: o.Authority, roleOwner: o.Owner,
		roleMaintainer: o.Maintainer, roleState: o.State, roleGrid: o.Grid,
	}
	if o.CategoryCode == "" {
		f.named[roleCategory] = o.Category
	}
	return f
}

// settle gives fields their roles, again whenever the file shows new names.
func (f *assetFile) settle() {
	if f.begun && f.known == len(f.schema.seen) {
		return
	}
	f.begun, f.known = true, len(f.schema.seen)
	for r := range roles {
		f.fields[r] = nil
		if f.named[r] != "" {
			f.fields[r] = []string{f.named[r]}
		} else {
			for _, candidate := range usualNames(r) {
				if name := f.schema.find(candidate); name != "" {
					f.fields[r] = append(f.fields[r], name)
				}
			}
		}
		if len(f.fields[r]) > 0 {
			f.columns[r].field = f.fields[r][0]
		}
	}
}

// take is the value of a role, and the field it was found in.
func (f *assetFile) take(r role, rec record) (value, field string) {
	for _, field := range f.fields[r] {
		if value, _ := rec.fields.text(field); value != "" {
			return value, field
		}
	}
	return "", ""
}

// code is the value of a role that is a code, watched for damage.
func (f *assetFile) code(r role, rec record) (value, field string, err error) {
	value, field = f.take(r, rec)
	return value, field, f.columns[r].add(value, rec.source)
}

// end is what can be told of the whole file.
func (f *assetFile) end(path string) []error {
	all := f.schema.unknown(path, f.named[:]...)
	for r := range f.columns {
		all = append(all, f.columns[r].faults()...)
	}
	return all
}
