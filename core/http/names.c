/* SPDX-License-Identifier: MIT */
#include "capan/http.h"

#define ROW(name, token, severity, source, sentence) {#name, token, CAPAN_##severity, source, sentence},

const struct capan_token capan_http_framings[] = {CAPAN_HTTP_FRAMINGS(ROW)};
