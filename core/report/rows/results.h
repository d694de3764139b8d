/* SPDX-License-Identifier: MIT */
/* Findings by place as other programs' results: SARIF 2.1.0 (OASIS) for code scanning, JUnit's XML for test reports. */
#ifndef RESULTS_H
#define RESULTS_H

#include "column.h"
#include "out.h"

/* written: results before; rules of all that were met are told at the end. */
struct capan_results {
    struct capan_out *out;
    const char *capture; /* its name */
    uint64_t written;
    uint64_t met[CAPAN_FINDING_CLASS_COUNT]; /* bits of each class's list */
    struct capan_result_counts counts;
};

void capan_sarif_begin(struct capan_results *);
void capan_sarif_result(struct capan_results *, const struct capan_place *);
void capan_sarif_end(struct capan_results *, const char *partial);

void capan_junit_begin(struct capan_results *);
void capan_junit_result(struct capan_results *, const struct capan_place *);
void capan_junit_end(struct capan_results *, const char *partial);

#endif
