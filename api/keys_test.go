package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/access"
)

// fakeStore stands for the database.
type fakeStore struct {
	mu    sync.Mutex
	asset geo.Asset
	keys  map[string]geo.Key
	asked int
	err   error
}

func (f *fakeStore) serveAssets(c *api.Config) { c.Assets = f }

func (f *fakeStore) AssetAttributes(_ context.Context, version geo.AssetVersion) (json.RawMessage, error) {
	if f.err == nil && version != f.asset.Version {
		return nil, geo.Errorf(geo.NotFound, "no such version")
	}
	return f.asset.Attributes, f.err
}

func (f *fakeStore) Key(_ context.Context, id string) (geo.Key, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	if f.err != nil {
		return geo.Key{}, f.err
	}
	key, ok := f.keys[id]
	if !ok {
		return key, geo.Errorf(geo.NotFound, "no such key")
	}
	return key, nil
}

// locked is a server with keys on and the header of a key with the roles.
func locked(t *testing.T, public []geo.LayerName, roles ...string) (*service, *fakeStore, string) {
	t.Helper()
	token, key, err := access.New("test", roles, nil, time.Now(), time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	store := &fakeStore{keys: map[string]geo.Key{key.ID: key}}
	s := start(t, func(c *api.Config) { c.Keys, c.KeysOn, c.Public = store, true, public })
	return s, store, "Bearer " + token
}

// everyRead is a request for each route that reads.
func everyRead(t *testing.T) []string {
	t.Helper()
	return []string{
		"/v1/locate?" + query(.6, .95), "/v1/locate?layers=grids&" + query(.5, .5), "/v1/layers", "/v1/layers/grids",
		"/v1/layers/grids/areas", "/v1/layers/grids/areas/G11", "/v1/assets", "/v1/assets/L001", "/v1/departments",
		"/v1/categories", "/v1/groups", "/v1/search?q=G11", "/tiles/grids.json", tilePath("grids", 14), tilePath("parks,grids", 14), tilePath("assets", 14), "/metrics",
		"/v1/layers/trams", "/tiles/trams.json",
	}
}

func TestWithKeysOnNothingIsReadWithoutOne(t *testing.T) {
	s, _, key := locked(t, nil)
	for _, path := range everyRead(t) {
		got := s.get(t, path)
		if got.status != 401 || !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Bearer") || !strings.Contains(got.detail(t), "key") {
			t.Errorf("%s without a key: %d %s", path, got.status, got.body)
		}
		if got := s.get(t, path, "Authorization", key); got.status >= 400 && !strings.Contains(path, "trams") {
			t.Errorf("%s with a key: %d %s", path, got.status, got.body)
		}
	}
}

func TestNoRouteForgetsToAskForAKey(t *testing.T) {
	s, _, _ := locked(t, nil)
	open := map[string]int{
		"/healthz": 200, "/readyz": 200, "/openapi.json": 200, "/v1/basemap": 200, "/basemap/{layer}/{z}/{x}/{y}": 404, "/v1/session": 200,
	}
	fill := strings.NewReplacer("{layer}", "grids", "{layers}", "grids", "{code}", "G11", "{id}", "L001", "{z}", "0", "{x}", "0", "{y}", "0")
	for path, methods := range api.Routes() {
		for _, method := range methods {
			want := 401
			if status, is := open[path]; is && method == http.MethodGet {
				want = status
			}
			if got := s.do(t, method, fill.Replace(path), "{}", "Content-Type", "application/json"); got.status != want {
				t.Errorf("%s %s without a key: %d", method, path, got.status)
			}
		}
	}
}

func TestWithoutAKeyWhatIsPublicIsAllThereIs(t *testing.T) {
	s, _, key := locked(t, []geo.LayerName{"parks"})
	var p place
	s.get(t, "/v1/locate?"+query(.6, .95)).json(t, &p)
	if p.codes() != "P1" {
		t.Errorf("locate shows %s", p.codes())
	}
	if got := s.post(t, "/v1/locate", point(.6, .95), "Content-Type", ndjson); lines(t, got.body)[0].codes() != "P1" {
		t.Errorf("the stream shows %s", got.body)
	}
	if got := s.post(t, "/v1/locate", "lon,lat\n120.1706,30.2806\n", "Content-Type", "text/csv"); !strings.HasPrefix(got.body, "lon,lat,parks,error\n") {
		t.Errorf("the table shows %s", got.body)
	}
	for path, status := range map[string]int{
		"/v1/layers/parks": 200, "/v1/layers/parks/areas": 200, "/v1/layers/parks/areas/P1": 200, tilePath("parks", 14): 200, "/tiles/parks.json": 200,
		"/v1/locate?layers=parks&" + query(.6, .6): 200, "/v1/locate?layers=parks,grids&" + query(.6, .6): 401,
		"/v1/layers/grids": 401, tilePath("grids,parks", 14): 401, "/v1/assets": 401, "/v1/departments": 401, "/tiles/parks%2Cgrids.json": 401,
		"/v1/locate?layers=parks%2Cgrids&" + query(.6, .6): 401,
	} {
		if got := s.get(t, path); got.status != status {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	if got := s.get(t, "/v1/layers"); strings.Contains(got.body, "grids") || !strings.Contains(got.body, "parks") {
		t.Errorf("the list of layers shows %s", got.body)
	}
	if got := s.post(t, "/v1/route", `{"lon":120.17,"lat":30.28}`); got.status != 401 {
		t.Errorf("a decision names areas that are not public: %d", got.status)
	}
	if got := s.get(t, "/v1/layers", "Authorization", key); !strings.Contains(got.body, "grids") {
		t.Errorf("with a key: %s", got.body)
	}
}

func TestWhenOnlyAssetsArePublicNoAreaIsShown(t *testing.T) {
	s, _, _ := locked(t, []geo.LayerName{"assets"})
	var p place
	got := s.get(t, "/v1/locate?"+query(.6, .95))
	got.json(t, &p)
	if got.status != 200 || p.codes() != "" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := s.post(t, "/v1/locate", "lon,lat\n120.1706,30.2806\n", "Content-Type", "text/csv"); !strings.HasPrefix(got.body, "lon,lat,error\n") {
		t.Errorf("the table shows %s", got.body)
	}
	for _, path := range []string{"/v1/assets", "/v1/assets/L001", "/v1/departments", "/v1/categories", tilePath("assets", 14)} {
		if got := s.get(t, path); got.status != 200 {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	all, _, _ := locked(t, []geo.LayerName{"assets", "grids", "communities", "parks", "roads"})
	if got := all.post(t, "/v1/route", `{"lon":120.17,"lat":30.28}`); got.status != 200 {
		t.Errorf("everything is public, but a decision is not: %d", got.status)
	}
}

func TestABadKeyIsNotAPublicReader(t *testing.T) {
	s, store, good := locked(t, []geo.LayerName{"parks"})
	other, key, _ := access.New("gone", nil, nil, time.Now(), time.Time{})
	key.RevokedAt = time.Now()
	store.keys[key.ID] = key
	for header, says := range map[string]string{
		"Bearer gw_aaaa_bbbb":    "not known",
		"Bearer nonsense":        "not a key",
		"Basic dXNlcjpwYXNz":     "Bearer",
		"Bearer " + other:        "revoked",
		good[:len(good)-1] + "2": "not known",
	} {
		got := s.get(t, "/v1/layers/parks", "Authorization", header)
		if got.status != 401 || !strings.Contains(got.detail(t), says) {
			t.Errorf("%s: %d %s", header, got.status, got.body)
		}
	}
	if got := s.get(t, "/v1/layers/parks", "Authorization", strings.Replace(good, "Bearer", "bearer", 1)); got.status != 200 {
		t.Errorf("the scheme is not case-sensitive: %d", got.status)
	}
}

func TestAKeyForTheMetricsDoesNotReadTheCity(t *testing.T) {
	s, _, key := locked(t, nil, access.System)
	if got := s.get(t, "/metrics", "Authorization", key); got.status != 200 {
		t.Errorf("metrics: %d", got.status)
	}
	if got := s.get(t, "/v1/layers", "Authorization", key); got.status != 403 || !strings.Contains(got.detail(t), access.Viewer) {
		t.Errorf("layers: %d %s", got.status, got.body)
	}
}

func TestCachesKeepWhatNeededAKeyToThemselves(t *testing.T) {
	s, _, key := locked(t, []geo.LayerName{"parks"})
	private := s.get(t, "/v1/layers/grids", "Authorization", key).header
	if !strings.Contains(private.Get("Cache-Control"), "private") || private.Get("Vary") != "Authorization, Cookie" || private.Get("Access-Control-Allow-Origin") != "" {
		t.Error(private)
	}
	public := s.get(t, "/v1/layers/parks").header
	if strings.Contains(public.Get("Cache-Control"), "private") || public.Get("Access-Control-Allow-Origin") != "*" {
		t.Error(public)
	}
}

func TestTheDatabaseIsAskedForAKeyOnceInAWhile(t *testing.T) {
	s, store, key := locked(t, nil)
	for range 50 {
		s.get(t, "/v1/layers", "Authorization", key)
	}
	if store.asked != 1 {
		t.Errorf("asked %d times for 50 requests", store.asked)
	}
	store.err = geo.Errorf(geo.Unavailable, "the database is away")
	if got := s.get(t, "/v1/layers", "Authorization", key); got.status != 200 {
		t.Errorf("a known key with the database away: %d", got.status)
	}
	if got := s.get(t, "/v1/layers", "Authorization", "Bearer gw_aaaa_bbbb"); got.status != 503 || !strings.Contains(got.detail(t), "try again") {
		t.Errorf("an unknown key with the database away: %d %s", got.status, got.body)
	}
}

func TestAKeyIsNeverInTheLogNorTakenFromAnAddress(t *testing.T) {
	s, _, key := locked(t, nil)
	token := strings.TrimPrefix(key, "Bearer ")
	s.get(t, "/v1/layers", "Authorization", key)
	for _, name := range []string{"key", "token", "access_token", "api_key", "KEY"} {
		got := s.get(t, "/v1/layers?"+name+"="+token)
		if got.status != 400 || !strings.Contains(got.detail(t), "address") || strings.Contains(got.body, token) {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	s.do(t, http.MethodPost, "/v1/locate?key="+token, "x")
	secret := token[strings.LastIndex(token, "_")+1:]
	if log := s.log.String(); strings.Contains(log, secret) || !strings.Contains(log, token[3:10]) {
		t.Error("the log holds the secret, or not the key's id")
	}
}
