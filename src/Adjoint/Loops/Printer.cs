namespace Adjoint;
public static class Printer { public static string Print(Expr e) => ""; public static string Print(LoopProgram p) => ""; }
