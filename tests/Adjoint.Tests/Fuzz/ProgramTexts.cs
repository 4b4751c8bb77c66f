namespace Adjoint.Tests;

/// <summary>Right programs to start edits from: every form of the grammar occurs.</summary>
static class ProgramTexts
{
    public static readonly string[] All =
    [
        """
        softmax(x[..,j]) -> y
          m[..]   max= x[..,j]
          e[..,j] = exp(x[..,j] - stop(m[..]))
          z[..]   += e[..,j]
          y[..,j] = e[..,j] / z[..]
        """,
        """
        conv1d(x[b,i,m], w[j,i,k], bias[j]; stride = 1, pad = 0) -> y
          axis p < (#m + 2*pad - #k) / stride + 1
          y[b,j,p] += x[b,i,m] * w[j,i,k]  if m == stride*p + k - pad
          y[b,j,p] += bias[j]
        """,
        """
        lstm(x[t,b,i], w[(g,j),i], u[(g,j),k], h0[b,j]) -> h[t from -1,b,j], last
          axis g < 3
          h[-1,b,j] = h0[b,j]
          for t:
            a[t,b,g,j] += x[t,b,i] * w[(g,j),i]
            a[t,b,g,j] += h[t-1,b,k] * u[(g,j),k]
            c[t,b,j] = sigmoid(a[t,b,0,j]) * c[t-1,b,j] + tanh(a[t,b,2,j])
            h[t,b,j] = sigmoid(a[t,b,1,j]) * tanh(c[t,b,j])
          last[b,j] = h[#t - 1,b,j]
        """,
        """
        masked(x[b,v], int label[b], uniform u[b], normal e[b], shape s[b,v]; smoothing = 0.1, low = -inf) -> loss, x'
          # a comment
          n    += 1  if label[b] != 0 and not (u[b] < 0.5 or e[b] >= 1)
          loss -= (1 - smoothing) * x[b,label[b]] / n  if label[b] != 0
          x'[b,v] *= where(v <= 1, max(x[b,v], low), -(2) % 3)
        """,
        """
        reversed(x[..,t], position, row[..]) -> y, x'
          for t down:
            y[..,t] = y[..,t+1] + x[..,t]
          x'[..,position] = row[..]
        """,
        """
        shuffle(x[b,(c,r,s),m,n]; factor = 2) -> y, z[b,k]
          axis r < factor
          axis s < factor
          axis k < #m + 2
          y[b,c,(m,r),(n,s)] = x[b,(c,r,s),m,n]
          z[b,0 + m] = x[b,(0,0,1),m,#n - 1]
        """,
        """
        features(x[t,c], int word[m,i], int degree[m]) -> y
          f[t,m] *= x[t,word[m,i]]  if i < degree[m]
          low[t] min= f[t,m]
          y[t,m] = f[t,m] - low[t]
        """,
    ];
}
