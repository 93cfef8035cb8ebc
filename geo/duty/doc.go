// Package duty is the grammar of the decision table (责任清单): what each cell of a duty row
// and of the tables beside it may hold, and what it means. It knows nothing of any city;
// whether a layer or a department exists is for those who have the view.
package duty
