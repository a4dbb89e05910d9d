# The storefront as docker-compose.yml runs it. In the game this file is the learner's to write (stage C4).
FROM lab/python-postgres:3.11
WORKDIR /srv
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY migrations migrations
COPY data data
COPY app app
ENV PYTHONDONTWRITEBYTECODE=1
USER 10001
CMD ["python", "-m", "uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000", "--no-access-log"]
