/// A terminfo entry of our own, for terminals that take 24-bit colours: most have no entry that says so.
///
/// Colours 0 to 255 are the palette, 256 + rgb the others. ncurses (from 6.1) takes the compiled form from the
/// environment. Made from the source below:
///
///     tic -x -o /tmp/ti direct.ti && infocmp -x -A /tmp/ti -Q2 moviola-direct | grep -v '^#' | tr -d '\n'
///
///     moviola-direct|any xterm-like terminal with 24-bit colours,
///       am, xenl, mir, msgr, npc, AX, RGB,
///       cols#80, lines#24, it#8, colors#0x1000100, pairs#0x10000,
///       bel=^G, cr=\r, ind=\n, ht=^I,
///       cub1=^H, cud1=\n, cuf1=\E[C, cuu1=\E[A,
///       cub=\E[%p1%dD, cud=\E[%p1%dB, cuf=\E[%p1%dC, cuu=\E[%p1%dA,
///       cup=\E[%i%p1%d;%p2%dH, home=\E[H, hpa=\E[%i%p1%dG, vpa=\E[%i%p1%dd,
///       clear=\E[H\E[2J, ed=\E[J, el=\E[K, el1=\E[1K, ech=\E[%p1%dX,
///       smcup=\E[?1049h, rmcup=\E[?1049l, smkx=\E[?1h\E=, rmkx=\E[?1l\E>,
///       civis=\E[?25l, cnorm=\E[?12l\E[?25h,
///       sgr0=\E[m, bold=\E[1m, dim=\E[2m, sitm=\E[3m, ritm=\E[23m,
///       smul=\E[4m, rmul=\E[24m, rev=\E[7m, smso=\E[7m, rmso=\E[27m,
///       op=\E[39;49m,
///       setaf=\E[%?%p1%{8}%<%t3%p1%d%e%p1%{16}%<%t9%p1%{8}%-%d%e%p1%{256}%<%t38;5;%p1%d%e38;2;%p1%{256}%-%{65536}%/%d;%p1%{256}%-%{256}%/%{255}%&%d;%p1%{256}%-%{255}%&%d%;m,
///       setab=\E[%?%p1%{8}%<%t4%p1%d%e%p1%{16}%<%t10%p1%{8}%-%d%e%p1%{256}%<%t48;5;%p1%d%e48;2;%p1%{256}%-%{65536}%/%d;%p1%{256}%-%{256}%/%{255}%&%d;%p1%{256}%-%{255}%&%d%;m,
enum DirectTerminfo {
  static let name = "moviola-direct"

  static let compiled = """
    b64:HgI7ABoADwBpATECbW92aW9sYS1kaXJlY3R8YW55IHh0ZXJtLWxpa2UgdGVybWluYWwgd2l0aCAyNC1iaXQgY29sb3VycwAAAQAAAQAAAA\
    AAAAAAAQEAAAAAAAAAAAAAAQBQAAAACAAAABgAAAD_____________________________________________________AAEAAQAAAQD__wAA\
    AgD_____BAAMABAAFAD__x8AMAAyADYAPQD__z8ATAD__1AA__________________9UAFkA__9iAP_______2cAbABxAHYA__9_AIMA_____4\
    wAkgD_________________________________________________________________________________________________________\
    _________5gAoAD_____________________________________________qAD_______-xALoA___DAP____________________________\
    ___8wA___XAP__________2QD_____________________________________________________________________________________\
    ______________________________________________________________________________________________________________\
    ______________________________________________________________________________________________________________\
    ____________________________________________________2wD_______________________________________________________\
    _________________gAP__________________________________6QD________________________uAP__________________________\
    ________________________________________________________________________9ACSAQcADQAbW0gbWzJKABtbSwAbW0oAG1slaS\
    VwMSVkRwAbWyVpJXAxJWQ7JXAyJWRIAAoAG1tIABtbPzI1bAAIABtbPzEybBtbPzI1aAAbW0MAG1tBABtbMW0AG1s_MTA0OWgAG1sybQAbWzdt\
    ABtbN20AG1s0bQAbWyVwMSVkWAAbW20AG1s_MTA0OWwAG1syN20AG1syNG0AG1s_MWwbPgAbWz8xaBs9ABtbJXAxJWRCABtbJXAxJWREABtbJX\
    AxJWRDABtbJXAxJWRBABtbJWklcDElZGQACgAJABtbMUsAG1szOTs0OW0AG1szbQAbWzIzbQAbWyU_JXAxJXs4fSU8JXQzJXAxJWQlZSVwMSV7\
    MTZ9JTwldDklcDElezh9JS0lZCVlJXAxJXsyNTZ9JTwldDM4OzU7JXAxJWQlZTM4OzI7JXAxJXsyNTZ9JS0lezY1NTM2fSUvJWQ7JXAxJXsyNT\
    Z9JS0lezI1Nn0lLyV7MjU1fSUmJWQ7JXAxJXsyNTZ9JS0lezI1NX0lJiVkJTttABtbJT8lcDElezh9JTwldDQlcDElZCVlJXAxJXsxNn0lPCV0\
    MTAlcDElezh9JS0lZCVlJXAxJXsyNTZ9JTwldDQ4OzU7JXAxJWQlZTQ4OzI7JXAxJXsyNTZ9JS0lezY1NTM2fSUvJWQ7JXAxJXsyNTZ9JS0lez\
    I1Nn0lLyV7MjU1fSUmJWQ7JXAxJXsyNTZ9JS0lezI1NX0lJiVkJTttAAACAAAAAAACAAcAAQEAAAMAQVgAUkdCAA==
    """
}
