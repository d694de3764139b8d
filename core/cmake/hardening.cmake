# SPDX-License-Identifier: MIT
# What a compiler and a linker can do against an input that got past the code: for optimised builds, in program, plugin
# and library alike. tests/cli/test_hardening.py reads it back from the binaries.
include(CheckCCompilerFlag)
include(CheckCSourceCompiles)
include(CheckLinkerFlag)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)

set(optimised $<NOT:$<CONFIG:Debug>>)
foreach(flag -fstack-protector-strong -fcf-protection -fstack-clash-protection)
  string(MAKE_C_IDENTIFIER "CAPAN_HAVE${flag}" known)
  check_c_compiler_flag(${flag} ${known})
  if(${known})
    add_compile_options($<${optimised}:${flag}>)
  endif()
endforeach()

# Level 3 asks for sizes that are known only at run time; where compiler or libc have only level 2, they warn.
set(CMAKE_REQUIRED_FLAGS "-O2 -Werror -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3")
check_c_source_compiles("#include <string.h>
  #if !defined(__has_builtin) || !__has_builtin(__builtin_dynamic_object_size)
  #error it would be level 2
  #endif
  int main(void) { return 0; }" CAPAN_HAVE_FORTIFY_3)
unset(CMAKE_REQUIRED_FLAGS)
if(CAPAN_HAVE_FORTIFY_3)
  set(level 3)
else()
  set(level 2)
endif()
add_compile_options($<${optimised}:-U_FORTIFY_SOURCE> $<${optimised}:-D_FORTIFY_SOURCE=${level}>)

foreach(flag relro now noexecstack)
  check_linker_flag(C -Wl,-z,${flag} CAPAN_HAVE_LINK_${flag})
  if(CAPAN_HAVE_LINK_${flag})
    add_link_options(-Wl,-z,${flag})
  endif()
endforeach()
