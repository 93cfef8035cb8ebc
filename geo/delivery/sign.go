package delivery

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
)

// secretPrefix is what a secret of Standard Webhooks begins with; base64 follows.
const secretPrefix = "whsec_"

// Sign is the header webhook-signature of a message: "v1," and the HMAC-SHA256 of
// "ID.SECONDS.BODY" under the secret, in base64. A secret that is none is refused without
// repeating it.
func Sign(secret, id string, unixSeconds int64, body []byte) (string, error) {
	encoded, ok := strings.CutPrefix(secret, secretPrefix)
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(key) == 0 {
		return "", errors.New("the secret of the webhook is not whsec_ and base64")
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + strconv.FormatInt(unixSeconds, 10) + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}
