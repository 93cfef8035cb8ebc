package chinese

// differences are the sentences of geo/differences.
var differences = map[string]string{
	"there is no layer %q in either edition to go on in": "两个版次中都没有图层 %q，无法继续",
}
