/* SPDX-License-Identifier: MIT */
#include "column.h"

#include "bytes.h"

const struct capan_table *const capan_tables[CAPAN_ROWS_COUNT] = {
    [CAPAN_ROWS_SEGMENTS] = &capan_segment_table,
    [CAPAN_ROWS_CONNECTIONS] = &capan_connection_table,
    [CAPAN_ROWS_EXCHANGES] = &capan_exchange_table,
    [CAPAN_ROWS_FINDINGS] = &capan_finding_table,
    [CAPAN_ROWS_PAGES] = &capan_page_table,
    [CAPAN_ROWS_OBJECTS] = &capan_object_table,
    [CAPAN_ROWS_PROOFS] = &capan_proof_table,
    [CAPAN_ROWS_WHATIF] = &capan_whatif_table,
    [CAPAN_ROWS_WHATIF_SUMS] = &capan_whatif_sum_table,
    [CAPAN_ROWS_WHATIF_CHANGES] = &capan_whatif_change_table,
    [CAPAN_ROWS_ETAGS] = &capan_etag_table,
    [CAPAN_ROWS_STITCH] = &capan_stitch_table,
    [CAPAN_ROWS_DIFF] = &capan_diff_table,
    [CAPAN_ROWS_PROVED] = &capan_proved_table,
    [CAPAN_ROWS_PLACES] = &capan_place_table,
    [CAPAN_ROWS_CLAIMS] = &capan_claim_table,
};

struct capan_value capan_endpoint_value(const struct capan_endpoint *endpoint, struct capan_row *row) {
    return value_octets(row->text, capan_endpoint_text(endpoint, true, row->text));
}

struct capan_value capan_column_value(const struct capan_column *column, struct capan_row *row) {
    return column_value(column, row);
}

const struct capan_column *capan_table_column(const struct capan_table *table, struct capan_span key) {
    for (size_t i = 0; i < table->count; i++)
        if (span_equal(key, span_of(table->columns[i].key))) return &table->columns[i];
    return NULL;
}
