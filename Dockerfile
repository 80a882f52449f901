# One image for the web process and for the supervisor with its trainings; compose.yaml says which does what.
FROM python:3.11-slim

# For computers without an NVIDIA GPU: the index of PyTorch's CPU wheels makes the image 5 GB smaller.
ARG PIP_EXTRA_INDEX_URL=""

WORKDIR /app
COPY requirements.txt deploy/requirements.lock ./
# Everything as it was when the lock file was made, to the last bit; then torch, in the build for this computer.
RUN pip install --no-cache-dir --require-hashes -r requirements.lock && pip install --no-cache-dir -r requirements.txt

# Ray's version, for a cluster (deploy/compose.cluster.yaml); none else.
ARG RAY=""
RUN if [ -n "$RAY" ]; then pip install --no-cache-dir "ray==$RAY"; fi

COPY .streamlit .streamlit
COPY denoise_core denoise_core
COPY pages pages
COPY sample_data sample_data
COPY app.py .

RUN useradd --create-home denoise && install -d -o denoise /data
USER denoise
ENV DENOISE_HOME=/data
VOLUME /data
EXPOSE 8501
CMD ["streamlit", "run", "app.py", "--server.address", "0.0.0.0"]
