package chinese

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// TestNobodyIsRefusedInEnglishWhoReadsChinese looks in the sources for everything that is
// said to a person: what is given as a format to a function that takes one and its
// arguments. Each has its Chinese in the room of its package, with the same arguments.
func TestNobodyIsRefusedInEnglishWhoReadsChinese(t *testing.T) {
	t.Parallel()
	packages := reached(t)
	for pkg := range rooms {
		if !slices.Contains(packages, pkg) {
			t.Errorf("no request comes to %s", pkg)
		}
	}
	for _, pkg := range packages {
		t.Run(pkg, func(t *testing.T) {
			t.Parallel()
			said := saidBy(t, pkg)
			for format, at := range said {
				if _, found := Of(format); !found && hasWords(format) {
					t.Errorf("%s: has no Chinese: %q", at, format)
				}
			}
			for english, format := range rooms[pkg] {
				if _, found := said[english]; !found {
					t.Errorf("nobody in %s says any more: %q", pkg, english)
				}
				if !takesTheSame(english, format) {
					t.Errorf("%q takes %q, its Chinese %q", english, verbs(english), verbs(format))
				}
			}
		})
	}
}

// reached are the packages that a request comes to.
func reached(t *testing.T) (packages []string) {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", "gridwarden/api", "gridwarden/geo/postgis", "gridwarden/geo/delivery").Output()
	if err != nil {
		t.Fatal(err)
	}
	for path := range strings.FieldsSeq(string(out)) {
		if pkg, ours := strings.CutPrefix(path, "gridwarden/"); ours {
			packages = append(packages, pkg)
		}
	}
	return packages
}

// elsewhere are the files whose sentences no request comes to: what only commands say, which
// speak English, and what is for the log.
var elsewhere = map[string]string{
	"geo/access":    "chain.go",
	"geo/calendar":  "calendar.go",
	"geo/cases":     "returns.go",
	"geo/index":     "assets.go atlas.go layer.go packed.go snapshot.go texts.go",
	"geo/ingest":    "areas.go asset.go assets.go cutter.go damage.go geojson.go geometry.go guess.go open.go parts.go record.go reports.go reports_row.go schema.go transform.go",
	"geo/postgis":   "categories.go delivery.go departments.go ewkbread.go feed.go importassets.go merge.go posts.go reports_backfill.go store.go",
	"geo/routing":   "engine.go",
	"tiles/archive": "*",
	"geo/planning":  "chains.go dissolve.go importer.go parents.go planning.go",
}

func isElsewhere(pkg, file string) bool {
	return slices.ContainsFunc(strings.Fields(elsewhere[pkg]), func(name string) bool { return name == file || name == "*" })
}

// saidBy are the formats in a package's sources, with where they stand.
func saidBy(t *testing.T, pkg string) map[string]string {
	t.Helper()
	files := token.NewFileSet()
	var sources []*ast.File
	paths, err := filepath.Glob(filepath.Join("../..", pkg, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no sources of %s: %v", pkg, err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") || isElsewhere(pkg, filepath.Base(path)) {
			continue
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, file)
	}
	speakers, constants := map[string]int{"Errorf": 1, "Because": 2, "Say": 0, "Joined": 0}, map[string]string{}
	for _, file := range sources {
		for _, d := range file.Decls {
			addSpeaker(speakers, d)
			addConstants(constants, d)
		}
	}
	said := namesIn(files, sources)
	for _, file := range sources {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if at, speaks := speakers[calledName(call)]; speaks && at < len(call.Args) {
				if format, known := constantText(call.Args[at], constants); known {
					said[format] = files.Position(call.Pos()).String()
				}
			}
			return true
		})
	}
	return said
}

// namesIn are the constants of types that are named in each language, as geo.NameIn looks for
// them.
func namesIn(files *token.FileSet, sources []*ast.File) map[string]string {
	named, names := map[string]bool{}, map[string]string{}
	for _, file := range sources {
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && calledName(call) == "NameIn" {
				kind, _ := constantText(call.Args[1], nil)
				named[kind] = true
			}
			return true
		})
	}
	for _, file := range sources {
		ast.Inspect(file, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if kind, ok := v.Type.(*ast.Ident); ok && named[kind.Name] && len(v.Values) == 1 {
				name, _ := constantText(v.Values[0], nil)
				names[kind.Name+" "+name] = files.Position(v.Pos()).String()
			}
			return true
		})
	}
	return names
}

// addSpeaker notes a function that takes a format and its arguments, and where the format
// stands.
func addSpeaker(speakers map[string]int, d ast.Decl) {
	f, ok := d.(*ast.FuncDecl)
	if !ok {
		return
	}
	var names []string
	for _, p := range f.Type.Params.List {
		for _, name := range p.Names {
			names = append(names, name.Name)
		}
	}
	if n := len(names); n >= 2 && names[n-2] == "format" && names[n-1] == "args" {
		speakers[f.Name.Name] = n - 2
	}
}

func addConstants(constants map[string]string, d ast.Decl) {
	g, ok := d.(*ast.GenDecl)
	if !ok || g.Tok != token.CONST {
		return
	}
	for _, spec := range g.Specs {
		v := spec.(*ast.ValueSpec)
		for i, value := range v.Values {
			if text, known := constantText(value, constants); known {
				constants[v.Names[i].Name] = text
			}
		}
	}
}

// calledName is the name of the function called; the fmt package speaks to nobody.
func calledName(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); !ok || x.Name != "fmt" {
			return f.Sel.Name
		}
	}
	return ""
}

func constantText(e ast.Expr, constants map[string]string) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.Ident:
		text, known := constants[e.Name]
		return text, known
	case *ast.BinaryExpr:
		left, one := constantText(e.X, constants)
		right, other := constantText(e.Y, constants)
		return left + right, one && other
	}
	return "", false
}

var verb = regexp.MustCompile(`%[-+# 0]*(?:\d+|\*)?(?:\.\d*)?(?:\[(\d+)\])?([a-zA-Z])|%%`)

// takesTheSame tells whether a Chinese format takes the arguments of the English one. It may
// leave out some, such as the s of a plural, when it counts those it takes.
func takesTheSame(english, format string) bool {
	wanted, taken := verbs(english), verbs(format)
	for _, v := range taken {
		if !slices.Contains(wanted, v) {
			return false
		}
	}
	return len(taken) == len(wanted) || strings.Contains(format, "[")
}

// verbs are the arguments that a format takes, each with how it is written, in the order of
// the arguments. One that is wrapped or in quotes is a text as any other.
func verbs(format string) (taken []string) {
	next := 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[0] == "%%" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		how := strings.NewReplacer("w", "s", "q", "s").Replace(m[2])
		taken = append(taken, fmt.Sprintf("%03d %s", next, how))
		next++
	}
	slices.Sort(taken)
	return slices.Compact(taken)
}

// hasWords tells a format that says something of its own.
func hasWords(format string) bool {
	return strings.ContainsFunc(verb.ReplaceAllString(format, ""), unicode.IsLetter)
}
