// The page inside another screen: it answers who is responsible and hands the decision back.

import "../app/style.css";
