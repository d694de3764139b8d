# SPDX-License-Identifier: MIT
# Writes HEADER with CAPAN_COMMIT, the commit of the tree SOURCE: "" where it is no clone. Left alone when nothing changed.
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(NOT failed EQUAL 0)
  set(commit "")
endif()
file(CONFIGURE OUTPUT ${HEADER} CONTENT "#define CAPAN_COMMIT \"${commit}\"\n")
