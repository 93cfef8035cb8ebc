// Package stories holds what people do with the page, from their first click to what is
// then in the database: in a headless Chromium, against the real binary and a real PostGIS,
// each story with the mouse and with the keyboard alone. It holds tests only.
package stories
