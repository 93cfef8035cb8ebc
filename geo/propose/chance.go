package propose

import "math"

// signTest is how likely at least wins of wins+losses fall on one side where both sides
// are as likely: one-sided, exact.
func signTest(wins, losses int) float64 {
	n, p := wins+losses, 0.0
	for k := wins; k <= n; k++ {
		p += math.Exp(choose(n, k) - float64(n)*math.Ln2)
	}
	return min(p, 1)
}

// fisher is how likely at least hits of drawn are marked, when marked of all are and which
// ones are drawn is chance: Fisher's exact test, one-sided.
func fisher(hits, drawn, marked, all int) float64 {
	p := 0.0
	for k := hits; k <= min(drawn, marked); k++ {
		p += math.Exp(choose(marked, k) + choose(all-marked, drawn-k) - choose(all, drawn))
	}
	return min(p, 1)
}

// choose is the logarithm of the binomial coefficient; minus infinity where it is 0.
func choose(n, k int) float64 {
	if k < 0 || k > n {
		return math.Inf(-1)
	}
	return lgamma(n+1) - lgamma(k+1) - lgamma(n-k+1)
}

func lgamma(n int) float64 {
	v, _ := math.Lgamma(float64(n))
	return v
}
