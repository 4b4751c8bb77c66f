namespace Adjoint;
public static class Checker { public static void Check(LoopProgram p) { } }
