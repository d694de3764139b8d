/* SPDX-License-Identifier: MIT */
#include "text.h"

void capan_text_segment(struct capan_text *text, struct capan_row *row) { (void)text, (void)row; }
void capan_text_exchange(struct capan_text *text, struct capan_row *row) { (void)text, (void)row; }
void capan_text_connection(struct capan_text *text, struct capan_row *row) { (void)text, (void)row; }
void capan_text_finding(struct capan_text *text, struct capan_row *row) { (void)text, (void)row; }
