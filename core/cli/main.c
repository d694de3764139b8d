/* SPDX-License-Identifier: MIT */
/* capan: reads a packet capture the way an expert does. */
#include <locale.h>

#include "options.h"
#include "run.h"

int main(int argc, char **argv) {
    struct options options;
    enum exit_status status;
    setlocale(LC_CTYPE, "");
    if (options_read(&options, argc, argv, &status)) status = run(&options);
    options_free(&options);
    return status;
}
