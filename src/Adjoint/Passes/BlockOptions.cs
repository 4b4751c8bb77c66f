namespace Adjoint;

/// <summary>When tensors are made in blocks of rows, and how large a block is.</summary>
/// <param name="MinBytes">Below this a tensor stays in the caches of the processor between its writer and its
/// readers.</param>
/// <param name="Growth">A tensor is large if it is as many times larger than all it is computed from.</param>
/// <param name="NumbersPerBlock">Of a large tensor: a part of the last cache; smaller ones make thin products.</param>
/// <param name="FewestRows">With fewer the products of a block are too thin.</param>
sealed record BlockOptions(long MinBytes = 4 << 20, double Growth = 4, int NumbersPerBlock = 512 << 10,
    int FewestRows = 32);
