namespace Adjoint.Tests;

/// <summary>A disk that fails at one operation: each creation, write, flush, rename and removal counts.</summary>
/// <param name="stopsAt">The operation that fails, from 0.</param>
/// <param name="staysDown">Nothing works afterwards, as when the power goes; otherwise one operation fails, as on a full
/// disk.</param>
sealed class StoppingFileSystem(int stopsAt, bool staysDown) : FileSystem
{
    const int NoSpace = 28;

    /// <summary>Operations so far.</summary>
    public int Operations { get; private set; }

    public bool HasStopped => Operations > stopsAt;

    public override Stream Create(string path)
    {
        Operate();
        return new StoppingStream(Disk.Create(path), this);
    }

    public override Stream Append(string path)
    {
        Operate();
        return new StoppingStream(Disk.Append(path), this);
    }

    public override void FlushToDisk(Stream stream)
    {
        Operate();
        Disk.FlushToDisk(((StoppingStream)stream).Inner);
    }

    public override void Move(string from, string to)
    {
        Operate();
        Disk.Move(from, to);
    }

    public override void Delete(string path)
    {
        Operate();
        Disk.Delete(path);
    }

    void Operate()
    {
        if (Operations++ == stopsAt || staysDown && HasStopped) throw new IOException("No space left on device", NoSpace);
    }

    sealed class StoppingStream(Stream inner, StoppingFileSystem owner) : Stream
    {
        public Stream Inner => inner;

        public override bool CanRead => inner.CanRead;
        public override bool CanSeek => inner.CanSeek;
        public override bool CanWrite => true;
        public override long Length => inner.Length;
        public override long Position { get => inner.Position; set => inner.Position = value; }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        // Half of the bytes arrive before the disk is full.
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                owner.Operate();
            }
            catch (IOException)
            {
                inner.Write(buffer[..(buffer.Length / 2)]);
                throw;
            }
            inner.Write(buffer);
        }

        public override void Flush() => inner.Flush();
        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);
        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);
        public override void SetLength(long value) => inner.SetLength(value);

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
