package main

import (
	"flag"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/routing"
)

// routingFlags are the settings that decide who answers, the same for every command that
// routes.
type routingFlags struct {
	chain, accuracy, classLayer, classField, clock string
}

func (f *routingFlags) register(flags *flag.FlagSet) {
	flags.StringVar(&f.chain, "duty-chain", envOr("GRIDWARDEN_DUTY_CHAIN", ""), "`LAYER` whose chain answers as territory and fallback; default $GRIDWARDEN_DUTY_CHAIN, else the deepest chain")
	flags.StringVar(&f.accuracy, "accuracy", envOr("GRIDWARDEN_ACCURACY", ""), "metres to which a point is known by the source of its report, where the report does not say, such as `pin=5,phone=20,address=50` (the default; 20 for any other, set by other=METRES)")
	flags.StringVar(&f.classLayer, "class-layer", envOr("GRIDWARDEN_CLASS_LAYER", ""), "`LAYER` whose areas say the class of a place (A, B, C; 严管, 控制, 一般) for filing standards")
	flags.StringVar(&f.classField, "class-field", envOr("GRIDWARDEN_CLASS_FIELD", "class"), "the attribute of the class layer that says it")
	flags.StringVar(&f.clock, "clock", envOr("GRIDWARDEN_CLOCK", "dispatch"), "where the clock of deadlines starts: at dispatch or report")
}

// settings checks what was given.
func (f *routingFlags) settings(zone *time.Location) (routing.Settings, error) {
	set := routing.Settings{
		Chain: geo.LayerName(f.chain), ClassLayer: geo.LayerName(f.classLayer), ClassField: f.classField,
		Accuracy: routing.Accuracies(), FromReport: f.clock == "report", Zone: zone,
	}
	if f.clock != "dispatch" && f.clock != "report" {
		return set, usagef("--clock is dispatch or report, not %q", f.clock)
	}
	for part := range strings.SplitSeq(f.accuracy, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		source, text, _ := strings.Cut(part, "=")
		metres, err := strconv.ParseFloat(text, 64)
		if source == "" || err != nil || !(metres >= 0 && metres <= geo.MaxAccuracy) {
			return set, usagef("--accuracy is a list such as %s with metres from 0 to %d, not %q", accuracyText(), geo.MaxAccuracy, part)
		}
		if source == "other" {
			source = ""
		}
		set.Accuracy[source] = metres
	}
	return set, nil
}

// accuracyText is the default as it would be typed.
func accuracyText() string {
	usual := routing.Accuracies()
	var parts []string
	for _, source := range slices.Sorted(maps.Keys(usual)) {
		if source != "" {
			parts = append(parts, source+"="+strconv.FormatFloat(usual[source], 'g', -1, 64))
		}
	}
	return strings.Join(parts, ",")
}
